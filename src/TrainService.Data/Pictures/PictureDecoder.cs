namespace TrainService.Data.Pictures;

/// <summary>Decodes JPEG and PNG files, whatever they are called, into gray or RGB bytes, upright.</summary>
public static class PictureDecoder
{
    /// <summary>A picture of more pixels is refused before memory is taken for it.</summary>
    public const int MaxPixels = 100_000_000;

    /// <summary>Bytes that tell what a file is.</summary>
    public const int HeadLength = 8;

    /// <summary>What file names end in.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".jpg", ".jpeg", ".png"];

    /// <exception cref="PictureException">The file is damaged, cut off, too large, or neither JPEG nor PNG.</exception>
    public static Picture Decode(ReadOnlySpan<byte> file)
        => IsJpeg(file) ? JpegDecoder.Decode(file) : file.StartsWith(PngDecoder.Signature) ? PngDecoder.Decode(file) : throw Unknown(file);

    /// <summary>Whether a file that begins so can be one of ours: before a long one is unpacked.</summary>
    /// <param name="head">At least its first <see cref="HeadLength"/> bytes, or all of it.</param>
    /// <exception cref="PictureException">It is neither JPEG nor PNG.</exception>
    public static void CheckHead(ReadOnlySpan<byte> head)
    {
        if (!IsJpeg(head) && !head.StartsWith(PngDecoder.Signature)) throw Unknown(head);
    }

    internal static void CheckSize(long width, long height)
    {
        if (width <= 0 || height <= 0) throw new PictureException("the picture has no pixels");
        if (width * height > MaxPixels) throw new PictureException($"the picture has {width:N0} x {height:N0} pixels, more than {MaxPixels:N0}");
    }

    private static bool IsJpeg(ReadOnlySpan<byte> file) => file is [0xFF, 0xD8, 0xFF, ..];

    private static PictureException Unknown(ReadOnlySpan<byte> file) => new(file.IsEmpty ? "the file is empty" : $"this is neither a JPEG nor a PNG file{Guess(file)}");

    private static string Guess(ReadOnlySpan<byte> file)
        => file.StartsWith("GIF8"u8) ? " but a GIF"
            : file.StartsWith("BM"u8) ? " but a BMP"
            : file.StartsWith("RIFF"u8) ? " but probably a WebP"
            : file is [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] ? " but a TIFF"
            : "";
}

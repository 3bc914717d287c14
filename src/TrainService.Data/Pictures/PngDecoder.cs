using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TrainService.Data.Pictures;

/// <summary>
/// PNG by libpng: any depth and palette, 16 bits brought to 8; transparency is left out, the colours below it stay (as Keras's loaders do).
/// Numbers are taken as they stand: chunks about gamma and colour spaces are not applied.
/// </summary>
internal static unsafe class PngDecoder
{
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static Picture Decode(ReadOnlySpan<byte> file)
    {
        byte[] plain = Plain(file);
        LibPng.Image image = new() { Version = LibPng.Version };
        try
        {
            fixed (byte* bytes = plain)
            {
                if (LibPng.Begin(ref image, bytes, (nuint)plain.Length) == 0 || image.Failed) throw Damaged(in image);
                PictureDecoder.CheckSize(image.Width, image.Height);
                bool colour = (image.Format & LibPng.Colour) != 0, alpha = (image.Format & LibPng.Alpha) != 0;
                image.Format = (colour ? LibPng.Colour : 0) | (alpha ? LibPng.Alpha : 0);
                image.Flags |= LibPng.SixteenBitsAreSrgb;
                int channels = colour ? 3 : 1, stored = channels + (alpha ? 1 : 0);
                (int width, int height) = ((int)image.Width, (int)image.Height);
                byte[] pixels = GC.AllocateUninitializedArray<byte>(checked(width * height * stored));
                fixed (byte* target = pixels)
                {
                    if (LibPng.Finish(ref image, null, target, width * stored, null) == 0 || image.Failed) throw Damaged(in image);
                }

                return new Picture(height, width, channels, alpha ? WithoutAlpha(pixels, channels) : pixels);
            }
        }
        catch (DllNotFoundException)
        {
            throw new PictureException("PNG files can't be read on this machine: install libpng (Debian: apt-get install libpng16-16)");
        }
        finally
        {
            if (image.Control != 0) LibPng.Free(ref image);
        }
    }

    private static PictureException Damaged(in LibPng.Image image)
    {
        fixed (byte* message = image.Message) return new PictureException($"the PNG file is damaged: {Marshal.PtrToStringUTF8((nint)message)}");
    }

    private static byte[] WithoutAlpha(byte[] pixels, int channels)
    {
        int stored = channels + 1;
        byte[] kept = new byte[pixels.Length / stored * channels];
        for (int from = 0, to = 0; from < pixels.Length; from += stored, to += channels) pixels.AsSpan(from, channels).CopyTo(kept.AsSpan(to));
        return kept;
    }

    // Only the chunks that hold the picture itself: header, palette, transparency, data, end.
    private static byte[] Plain(ReadOnlySpan<byte> file)
    {
        byte[] kept = new byte[file.Length];
        int length = Signature.Length;
        file[..length].CopyTo(kept);
        for (int at = length; at + 12 <= file.Length;)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (size > file.Length - at - 12) throw new PictureException("the PNG file is cut off");
            ReadOnlySpan<byte> chunk = file.Slice(at, (int)size + 12), type = chunk.Slice(4, 4);
            // A capital letter first: the decoder must know it.
            if (type.SequenceEqual("tRNS"u8) || (type[0] & 0x20) == 0)
            {
                chunk.CopyTo(kept.AsSpan(length));
                length += chunk.Length;
            }

            at += chunk.Length;
            if (type.SequenceEqual("IEND"u8)) return kept[..length];
        }

        throw new PictureException("the PNG file is cut off");
    }
}

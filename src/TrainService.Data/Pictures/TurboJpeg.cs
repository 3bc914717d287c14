using System.Runtime.InteropServices;

namespace TrainService.Data.Pictures;

/// <summary>The TurboJPEG functions of libjpeg-turbo 2, Debian's package libturbojpeg0.</summary>
internal static unsafe partial class TurboJpeg
{
    private const string Library = "libturbojpeg.so.0";

    public const int Rgb = 0, Gray = 6, Cmyk = 11;
    public const int GrayColours = 2, CmykColours = 3, YcckColours = 4;

    /// <summary>The exact integer transform, as Pillow and Keras use.</summary>
    public const int AccurateTransform = 4096;

    [LibraryImport(Library, EntryPoint = "tjInitDecompress")]
    public static partial nint Open();

    [LibraryImport(Library, EntryPoint = "tjDecompressHeader3")]
    public static partial int ReadHeader(nint handle, byte* file, nuint length, out int width, out int height, out int subsampling, out int colours);

    [LibraryImport(Library, EntryPoint = "tjDecompress2")]
    public static partial int Decompress(nint handle, byte* file, nuint length, byte* pixels, int width, int pitch, int height, int format, int flags);

    [LibraryImport(Library, EntryPoint = "tjGetErrorStr2")]
    public static partial byte* ErrorText(nint handle);

    [LibraryImport(Library, EntryPoint = "tjGetErrorCode")]
    public static partial int ErrorCode(nint handle);

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    public static partial int Close(nint handle);
}

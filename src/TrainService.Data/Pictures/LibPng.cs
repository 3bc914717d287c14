using System.Runtime.InteropServices;

namespace TrainService.Data.Pictures;

/// <summary>The simplified reading functions of libpng 1.6, Debian's package libpng16-16.</summary>
internal static unsafe partial class LibPng
{
    private const string Library = "libpng16.so.16";

    public const uint Version = 1, Alpha = 1, Colour = 2, SixteenBitsAreSrgb = 4;

    [LibraryImport(Library, EntryPoint = "png_image_begin_read_from_memory")]
    public static partial int Begin(ref Image image, byte* file, nuint length);

    [LibraryImport(Library, EntryPoint = "png_image_finish_read")]
    public static partial int Finish(ref Image image, void* background, byte* pixels, int rowStride, void* colourMap);

    [LibraryImport(Library, EntryPoint = "png_image_free")]
    public static partial void Free(ref Image image);

    /// <summary><c>png_image</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Image
    {
        public nint Control;
        public uint Version;
        public uint Width;
        public uint Height;
        public uint Format;
        public uint Flags;
        public uint ColourMapEntries;
        public uint WarningOrError;
        public fixed byte Message[64];

        /// <summary>Above 1 the reading failed.</summary>
        public readonly bool Failed => (WarningOrError & 2) != 0;
    }
}

using System.Runtime.InteropServices;

namespace TrainService.Data.Pictures;

/// <summary>JPEG by libjpeg-turbo: gray stays gray, everything else becomes RGB; turned upright as its EXIF orientation says.</summary>
internal static unsafe class JpegDecoder
{
    private const int Warning = 0;

    public static Picture Decode(ReadOnlySpan<byte> file)
    {
        nint handle = 0;
        try
        {
            // A new one for each picture: what a damaged file leaves behind must not show in the next.
            handle = TurboJpeg.Open();
            return Orientation.Apply(Decode(file, handle), Orientation.OfJpeg(file));
        }
        catch (DllNotFoundException)
        {
            throw new PictureException("JPEG files can't be read on this machine: install libjpeg-turbo (Debian: apt-get install libturbojpeg0)");
        }
        finally
        {
            if (handle != 0) _ = TurboJpeg.Close(handle);
        }
    }

    private static Picture Decode(ReadOnlySpan<byte> file, nint handle)
    {
        fixed (byte* bytes = file)
        {
            if (TurboJpeg.ReadHeader(handle, bytes, (nuint)file.Length, out int width, out int height, out _, out int colours) != 0 || width <= 0)
                throw Damaged(handle);
            PictureDecoder.CheckSize(width, height);
            bool cmyk = colours is TurboJpeg.CmykColours or TurboJpeg.YcckColours;
            (int channels, int format) = cmyk ? (4, TurboJpeg.Cmyk) : colours == TurboJpeg.GrayColours ? (1, TurboJpeg.Gray) : (3, TurboJpeg.Rgb);
            byte[] pixels = GC.AllocateUninitializedArray<byte>(checked(width * height * channels));
            fixed (byte* target = pixels)
            {
                if (TurboJpeg.Decompress(handle, bytes, (nuint)file.Length, target, width, width * channels, height, format, TurboJpeg.AccurateTransform) != 0)
                    Check(handle);
            }

            return new Picture(height, width, cmyk ? 3 : channels, cmyk ? ToRgb(pixels) : pixels);
        }
    }

    // A warning is a picture all the same, unless part of it is missing: then rows of gray would stand for it.
    private static void Check(nint handle)
    {
        if (TurboJpeg.ErrorCode(handle) != Warning || ErrorText(handle).StartsWith("Premature", StringComparison.Ordinal)) throw Damaged(handle);
    }

    private static PictureException Damaged(nint handle) => new($"the JPEG file is damaged: {ErrorText(handle)}");

    private static string ErrorText(nint handle) => Marshal.PtrToStringUTF8((nint)TurboJpeg.ErrorText(handle)) ?? "unknown";

    // Such files come from Adobe's programs, which store ink inverted: 255 is none. Light is what neither ink takes away.
    private static byte[] ToRgb(byte[] inks)
    {
        byte[] pixels = new byte[inks.Length / 4 * 3];
        for (int from = 0, to = 0; from < inks.Length; from += 4, to += 3)
            for (int c = 0; c < 3; c++)
                pixels[to + c] = (byte)(((inks[from + c] * inks[from + 3]) + 127) / 255);
        return pixels;
    }
}

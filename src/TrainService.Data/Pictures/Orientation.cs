using System.Buffers.Binary;

namespace TrainService.Data.Pictures;

/// <summary>How a camera was held: the EXIF tag Orientation, 1 to 8. Source: CIPA DC-008 (EXIF 2.32), section 4.6.4 A.</summary>
internal static class Orientation
{
    private const int Tag = 0x0112, Upright = 1;

    /// <summary>1 when the file does not say, or says nonsense.</summary>
    public static int OfJpeg(ReadOnlySpan<byte> file)
    {
        // Segments: FF, marker, length with itself; the picture's own data starts behind FF DA.
        for (int at = 2; at + 4 <= file.Length && file[at] == 0xFF && file[at + 1] != 0xDA;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length) break;
            ReadOnlySpan<byte> segment = file.Slice(at + 4, length - 2);
            if (file[at + 1] == 0xE1 && segment.StartsWith("Exif\0\0"u8)) return OfTiff(segment[6..]);
            at += 2 + length;
        }

        return Upright;
    }

    /// <summary>The picture as it was seen.</summary>
    public static Picture Apply(Picture picture, int orientation)
    {
        if (orientation == Upright) return picture;
        // 5 to 8 lie on their side.
        bool turned = orientation >= 5;
        (int height, int width, int channels) = (turned ? picture.Width : picture.Height, turned ? picture.Height : picture.Width, picture.Channels);
        byte[] pixels = new byte[picture.Pixels.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int row, int column) = orientation switch
                {
                    2 => (y, picture.Width - 1 - x),
                    3 => (picture.Height - 1 - y, picture.Width - 1 - x),
                    4 => (picture.Height - 1 - y, x),
                    5 => (x, y),
                    6 => (picture.Height - 1 - x, y),
                    7 => (picture.Height - 1 - x, picture.Width - 1 - y),
                    _ => (x, picture.Width - 1 - y),
                };
                picture.Pixels.AsSpan(((row * picture.Width) + column) * channels, channels).CopyTo(pixels.AsSpan(((y * width) + x) * channels));
            }
        }

        return new Picture(height, width, channels, pixels);
    }

    private static int OfTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8 || tiff is not ([(byte)'I', (byte)'I', ..] or [(byte)'M', (byte)'M', ..])) return Upright;
        bool little = tiff[0] == 'I';
        uint directory = U32(tiff[4..], little);
        if (directory > tiff.Length - 2) return Upright;
        int count = U16(tiff[(int)directory..], little);
        for (int i = 0; i < count; i++)
        {
            int at = (int)directory + 2 + (12 * i);
            if (at + 12 > tiff.Length) break;
            if (U16(tiff[at..], little) != Tag) continue;
            int value = U16(tiff[(at + 8)..], little);
            return value is >= 1 and <= 8 ? value : Upright;
        }

        return Upright;
    }

    private static int U16(ReadOnlySpan<byte> bytes, bool little) => little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes, bool little) => little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}

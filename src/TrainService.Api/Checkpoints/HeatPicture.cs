using TrainService.Formats.Pictures;
using TrainService.Training.Inference.Explaining;

namespace TrainService.Api.Checkpoints;

/// <summary>
/// An explanation over its picture: the picture in grey, above it red where it speaks for the class and blue where against, the stronger the less of
/// the picture is left. Without signs the strongest places go on to yellow.
/// </summary>
internal static class HeatPicture
{
    /// <summary>Share of the pixels that may be brighter than full colour: single outliers would leave the rest pale.</summary>
    private const double Outliers = 0.005;

    private const float Strongest = 0.85f;

    /// <param name="shortest">Small pictures are enlarged, each pixel to a square, until the shorter side has so many pixels.</param>
    public static byte[] Draw(ExplainedPicture picture, HeatMap map, int shortest)
    {
        int factor = Math.Max(1, (shortest + Math.Min(map.Height, map.Width) - 1) / Math.Min(map.Height, map.Width));
        float full = Full(map.Values);
        int width = map.Width * factor, height = map.Height * factor;
        byte[] pixels = new byte[checked(width * height * 3)], line = new byte[width * 3];
        for (int y = 0; y < map.Height; y++)
        {
            for (int x = 0; x < map.Width; x++)
            {
                int at = (y * map.Width) + x;
                (byte red, byte green, byte blue) = Blend(Grey(picture, at), full == 0 ? 0 : Math.Clamp(map.Values[at] / full, -1, 1), map.Signed);
                for (int i = x * factor; i < (x + 1) * factor; i++) (line[3 * i], line[(3 * i) + 1], line[(3 * i) + 2]) = (red, green, blue);
            }

            for (int i = y * factor; i < (y + 1) * factor; i++) line.CopyTo(pixels, i * line.Length);
        }

        return PngImage.Write(width, height, 3, pixels);
    }

    private static float Full(float[] values)
    {
        float[] sizes = [.. values.Select(Math.Abs).Order()];
        float full = sizes[^(1 + (int)(sizes.Length * Outliers))];
        return full > 0 ? full : sizes[^1];
    }

    // ITU-R BT.601.
    private static float Grey(ExplainedPicture picture, int pixel) => picture.Channels == 1 ? picture.Pixels[pixel]
        : (0.299f * picture.Pixels[3 * pixel]) + (0.587f * picture.Pixels[(3 * pixel) + 1]) + (0.114f * picture.Pixels[(3 * pixel) + 2]);

    private static (byte Red, byte Green, byte Blue) Blend(float grey, float strength, bool signed)
    {
        float share = Strongest * MathF.Abs(strength);
        (float red, float green, float blue) = strength < 0 ? (40f, 90f, 255f) : signed ? (255f, 50f, 40f) : (255f, 30 + (200 * strength * strength), 20f);
        return (Mix(red), Mix(green), Mix(blue));

        byte Mix(float colour) => (byte)MathF.Round((grey * (1 - share)) + (colour * share));
    }
}

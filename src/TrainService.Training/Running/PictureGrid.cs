using System.Text.Json.Nodes;
using TrainService.Formats.Pictures;

namespace TrainService.Training.Running;

/// <summary>
/// Pictures that a model draws, side by side in one small PNG within an epoch's event:
/// <c>"pictures": [{"name": "samples", "media_type": "image/png", "width", "height", "columns", "count", "base64"}]</c>.
/// </summary>
internal static class PictureGrid
{
    /// <summary>The member of an epoch event's data.</summary>
    public const string Member = "pictures";

    /// <summary>Most pixels of the sheet, colours counted: an event stays below some 100 KB whatever the pictures are.</summary>
    public const int MostPixels = 72 * 1024;

    /// <summary>True for [height, width] and for [height, width, 1 or 3].</summary>
    public static bool CanShow(IReadOnlyList<int> shape) => shape.Count == 2 || (shape.Count == 3 && shape[2] is 1 or 3);

    /// <param name="name">What is to be seen: samples, reconstructions …</param>
    /// <param name="shape">Of each picture.</param>
    /// <param name="rows">One picture after the other. As many whole lines are shown as fit; too large ones with every second pixel only, or every third …</param>
    /// <param name="columns">Pictures in a line.</param>
    /// <param name="low">What is black.</param>
    /// <param name="high">What is white.</param>
    /// <param name="mostPixels">For a smaller event.</param>
    /// <returns>Null where the shape is none of pictures.</returns>
    public static JsonObject? Of(string name, IReadOnlyList<int> shape, ReadOnlySpan<float> rows, int columns, float low, float high, int mostPixels = MostPixels)
    {
        if (!CanShow(shape) || rows.Length == 0) return null;
        int channels = shape.Count == 3 ? shape[2] : 1, length = shape[0] * shape[1] * channels, step = 1;
        while (Size(shape[0], step) * Size(shape[1], step) * channels * columns > mostPixels) step++;
        int height = Size(shape[0], step), width = Size(shape[1], step), count = rows.Length / length;
        int lines = Math.Min((count + columns - 1) / columns, mostPixels / (height * width * channels * columns));
        count = Math.Min(count, lines * columns);
        int sheetWidth = columns * width;
        byte[] sheet = new byte[sheetWidth * lines * height * channels];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> picture = rows.Slice(i * length, length);
            int left = i % columns * width, top = i / columns * height;
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    for (int c = 0; c < channels; c++)
                    {
                        float value = (picture[((((y * step) * shape[1]) + (x * step)) * channels) + c] - low) / (high - low);
                        sheet[((((top + y) * sheetWidth) + left + x) * channels) + c] = (byte)Math.Clamp(MathF.Round(value * 255), 0, 255);
                    }
        }

        return new JsonObject
        {
            ["name"] = name, ["media_type"] = "image/png", ["width"] = sheetWidth, ["height"] = lines * height, ["columns"] = columns, ["count"] = count,
            ["base64"] = Convert.ToBase64String(PngImage.Write(sheetWidth, lines * height, channels, sheet)),
        };
    }

    private static int Size(int pixels, int step) => (pixels + step - 1) / step;
}

using TrainService.Data;

namespace TrainService.Api.Datasets;

/// <summary>Pictures of a dataset side by side on one sheet.</summary>
internal static class ImageSheet
{
    private const int Columns = 8;

    /// <summary>True for [height, width] and for [height, width, 1 or 3].</summary>
    public static bool CanShow(IReadOnlyList<int> shape) => shape.Count == 2 || (shape.Count == 3 && shape[2] is 1 or 3);

    /// <summary>Values in [0, 1] become 0 to 255; others are cut off there.</summary>
    public static byte[] Draw(Split split, IReadOnlyList<int> shape, int first, int count)
    {
        int height = shape[0], width = shape[1], channels = shape.Count == 3 ? shape[2] : 1;
        int columns = Math.Min(Columns, count), lines = (count + columns - 1) / columns;
        int sheetWidth = columns * width;
        var sheet = new byte[sheetWidth * lines * height * channels];
        var values = new float[split.Inputs.RowLength];
        for (int i = 0; i < count; i++)
        {
            split.Inputs.CopyRow(first + i, values);
            int left = i % columns * width, top = i / columns * height;
            for (int y = 0; y < height; y++)
            {
                Span<byte> line = sheet.AsSpan((((top + y) * sheetWidth) + left) * channels, width * channels);
                for (int x = 0; x < line.Length; x++)
                    line[x] = (byte)Math.Clamp(MathF.Round(values[(y * line.Length) + x] * 255), 0, 255);
            }
        }

        return PngImage.Write(sheetWidth, lines * height, channels, sheet);
    }
}

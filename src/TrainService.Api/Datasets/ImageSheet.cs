using TrainService.Data;
using TrainService.Formats.Pictures;

namespace TrainService.Api.Datasets;

/// <summary>Pictures of a dataset side by side on one sheet.</summary>
internal static class ImageSheet
{
    private const int Columns = 8, MostLines = 64, Blank = -1;

    /// <summary>True for [height, width] and for [height, width, 1 or 3].</summary>
    public static bool CanShow(IReadOnlyList<int> shape) => shape.Count == 2 || (shape.Count == 3 && shape[2] is 1 or 3);

    /// <summary>Rows in their order. Values in [0, 1] become 0 to 255; others are cut off there.</summary>
    public static byte[] Draw(Split split, IReadOnlyList<int> shape, int first, int count)
        => Draw(split, shape, [.. Enumerable.Range(first, count)], Math.Min(Columns, count));

    /// <summary>A line for each class, of its first pictures.</summary>
    public static byte[] DrawClasses(Split split, IReadOnlyList<int> shape, int classes, int each)
    {
        int columns = Math.Min(Columns, each), lines = Math.Min(MostLines, classes), missing = columns * lines;
        int[] rows = new int[missing], taken = new int[lines];
        Array.Fill(rows, Blank);
        float label = 0;
        for (int row = 0; row < split.Count && missing > 0; row++)
        {
            split.Targets.CopyRow(row, new Span<float>(ref label));
            int line = (int)label;
            if (line >= lines || taken[line] == columns) continue;
            rows[(line * columns) + taken[line]++] = row;
            missing--;
        }

        return Draw(split, shape, rows, columns);
    }

    private static byte[] Draw(Split split, IReadOnlyList<int> shape, int[] rows, int columns)
    {
        int height = shape[0], width = shape[1], channels = shape.Count == 3 ? shape[2] : 1;
        int lines = (rows.Length + columns - 1) / columns, sheetWidth = columns * width;
        var sheet = new byte[checked(sheetWidth * lines * height * channels)];
        var values = new float[split.Inputs.RowLength];
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i] == Blank) continue;
            split.Inputs.CopyRow(rows[i], values);
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

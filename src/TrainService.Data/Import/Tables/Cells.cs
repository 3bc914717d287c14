using System.Globalization;

namespace TrainService.Data.Import.Tables;

/// <summary>What a cell's text means.</summary>
internal static class Cells
{
    private static readonly string[] MissingWords = ["NA", "N/A", "NaN", "null", "?"];

    /// <summary>Empty, or a word for "there is none", upper or lower case.</summary>
    public static bool IsMissing(ReadOnlySpan<char> cell)
    {
        if (cell.IsEmpty) return true;
        if (cell.Length > 4) return false;
        foreach (string word in MissingWords)
            if (cell.Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>A finite number in the invariant form (1234.5, -1e-3) that float32 can hold.</summary>
    public static bool TryNumber(ReadOnlySpan<char> cell, out double value)
        => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite((float)value);

    /// <summary>True for numbers that float32 counts exactly: whole, below 2²⁴.</summary>
    public static bool IsWhole(double value) => value == Math.Floor(value) && Math.Abs(value) < 1 << 24;
}

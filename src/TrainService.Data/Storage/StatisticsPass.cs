using TrainService.Data.Descriptions;
using TrainService.Tensors;

namespace TrainService.Data.Storage;

/// <summary>Reads all rows twice: once for extremes and means, once for the spread around them. Sums are in double, row after row.</summary>
internal static class StatisticsPass
{
    /// <summary>Inputs of at most so many numbers are described one by one.</summary>
    public const int MaxFeatures = 1024;

    /// <summary>Every number of a row on its own, and all together. Null for no rows.</summary>
    public static (ValueStatistics All, ValueStatistics[] Each)? Of(RowSource rows)
    {
        int n = rows.Count, length = rows.RowLength;
        if (n == 0) return null;
        float[] row = new float[length], minimum = new float[length], maximum = new float[length];
        double[] sum = new double[length], squares = new double[length];
        Array.Fill(minimum, float.PositiveInfinity);
        Array.Fill(maximum, float.NegativeInfinity);
        for (int i = 0; i < n; i++)
        {
            rows.CopyRow(i, row);
            for (int j = 0; j < length; j++)
            {
                minimum[j] = Math.Min(minimum[j], row[j]);
                maximum[j] = Math.Max(maximum[j], row[j]);
                sum[j] += row[j];
            }
        }
        for (int j = 0; j < length; j++) sum[j] /= n;
        double mean = sum.Average();
        double spread = 0;
        for (int i = 0; i < n; i++)
        {
            rows.CopyRow(i, row);
            for (int j = 0; j < length; j++)
            {
                double around = row[j] - sum[j];
                squares[j] += around * around;
            }
        }
        var each = new ValueStatistics[length];
        for (int j = 0; j < length; j++)
        {
            each[j] = new(minimum[j], maximum[j], sum[j], Math.Sqrt(squares[j] / n));
            // Around the common mean: within a feature, plus the feature's own distance from it.
            double apart = sum[j] - mean;
            spread += (squares[j] / n) + (apart * apart);
        }
        return (new(minimum.Min(), maximum.Max(), mean, Math.Sqrt(spread / length)), each);
    }

    /// <summary>Every number of a row of targets, over several parts.</summary>
    public static TargetColumn[] TargetColumns(IReadOnlyList<RowSource> parts, int length)
    {
        float[] row = new float[length], minimum = new float[length], maximum = new float[length];
        bool[] whole = new bool[length];
        Array.Fill(minimum, float.PositiveInfinity);
        Array.Fill(maximum, float.NegativeInfinity);
        Array.Fill(whole, true);
        foreach (RowSource rows in parts)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                rows.CopyRow(i, row);
                for (int j = 0; j < length; j++)
                {
                    minimum[j] = Math.Min(minimum[j], row[j]);
                    maximum[j] = Math.Max(maximum[j], row[j]);
                    whole[j] &= MathF.Floor(row[j]) == row[j];
                }
            }
        }
        return [.. minimum.Select((least, j) => new TargetColumn(least, maximum[j], whole[j]))];
    }

    /// <summary>Rows of each class.</summary>
    public static int[] ClassCounts(RowSource classes, int classCount)
    {
        int[] counts = new int[classCount];
        float index = 0;
        for (int i = 0; i < classes.Count; i++)
        {
            classes.CopyRow(i, new Span<float>(ref index));
            counts[(int)index]++;
        }
        return counts;
    }

    /// <summary>For each column of a table, rows of each category or whole number; null for a column that has neither.</summary>
    public static int[]?[] ColumnCounts(RowSource table, IReadOnlyList<ColumnDescription> columns)
    {
        int[]?[] counts = [.. columns.Select(c => c.Categories is { } words ? new int[words.Count] : c.WholeNumbers is { } numbers
            ? new int[numbers.Count] : null)];
        long[]?[] numbers = [.. columns.Select(c => c.WholeNumbers?.ToArray())];
        float[] row = new float[table.RowLength];
        for (int i = 0; i < table.Count; i++)
        {
            table.CopyRow(i, row);
            for (int j = 0; j < counts.Length; j++)
            {
                if (counts[j] is not { } count) continue;
                int place = numbers[j] is { } sorted ? Array.BinarySearch(sorted, (long)row[j]) : (int)row[j];
                // A number that stands in for a missing one need not be whole.
                if (place >= 0) count[place]++;
            }
        }
        return counts;
    }
}

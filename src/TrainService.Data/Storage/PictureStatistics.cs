using TrainService.Data.Descriptions;
using TrainService.Tensors;

namespace TrainService.Data.Storage;

/// <summary>Statistics of pictures of bytes: each channel's 256 values are counted, which says everything exactly in one pass.</summary>
internal static class PictureStatistics
{
    /// <param name="scale">What bytes were multiplied by when drawn.</param>
    public static (ValueStatistics All, ValueStatistics[] Channels)? Of(RowSource rows, int channels, double scale)
    {
        if (rows.Count == 0) return null;
        long[][] counts = [.. Enumerable.Range(0, channels).Select(_ => new long[256])];
        float[] row = new float[rows.RowLength];
        float bytes = (float)(1 / scale);
        for (int i = 0; i < rows.Count; i++)
        {
            rows.CopyRow(i, row);
            for (int at = 0; at < row.Length; at += channels)
                for (int c = 0; c < channels; c++)
                    counts[c][(int)MathF.Round(row[at + c] * bytes)]++;
        }

        long[] all = [.. Enumerable.Range(0, 256).Select(v => counts.Sum(c => c[v]))];
        return (Of(all, scale), [.. counts.Select(c => Of(c, scale))]);
    }

    private static ValueStatistics Of(long[] counts, double scale)
    {
        double n = counts.Sum(), mean = counts.Select((c, v) => (double)c * v).Sum() / n;
        double spread = counts.Select((c, v) => c * (v - mean) * (v - mean)).Sum() / n;
        return new(scale * Array.FindIndex(counts, c => c > 0), scale * Array.FindLastIndex(counts, c => c > 0), scale * mean, scale * Math.Sqrt(spread));
    }
}

using TrainService.NeuralNet.Explaining;

namespace TrainService.Training.Inference.Explaining;

/// <summary>
/// What the score loses when a part of the input is replaced by the baseline: a square of a picture, a column of a table, or a single number. A
/// pixel has the mean of all squares that cover it. Zeiler, Fergus 2013, arXiv:1311.2901.
/// </summary>
internal static class OcclusionMethod
{
    /// <summary>Corners of the squares along one axis: every <paramref name="stride"/> pixels, and one that ends with the picture.</summary>
    public static int[] Corners(int size, int window, int stride)
    {
        List<int> corners = [];
        for (int at = 0; at + window < size; at += stride) corners.Add(at);
        corners.Add(size - window);
        return [.. corners];
    }

    /// <param name="stride">At most <paramref name="window"/>: every pixel is covered.</param>
    /// <returns>Losses by pixel, each the mean of the squares over it.</returns>
    public static float[] Squares(ScoreSession session, ExplainedOutput output, float[] row, float[] baseline, int height, int width, int window, int stride, double score, CancellationToken ct)
    {
        int channels = row.Length / (height * width);
        int[] tops = Corners(height, window, stride), lefts = Corners(width, window, stride);
        double[] lost = new double[height * width];
        int[] covered = new int[height * width];
        VariantRows rows = new(tops.Length * lefts.Length, row.Length, (number, to) =>
        {
            row.CopyTo(to);
            int top = tops[number / lefts.Length], left = lefts[number % lefts.Length];
            for (int y = top; y < top + window; y++)
            {
                int first = ((y * width) + left) * channels;
                baseline.AsSpan(first, window * channels).CopyTo(to[first..]);
            }
        });
        session.Visit(rows, output.Output, output.Sign, (number, without, _, _) =>
        {
            int top = tops[number / lefts.Length], left = lefts[number % lefts.Length];
            for (int y = top; y < top + window; y++)
                for (int x = left; x < left + window; x++)
                {
                    lost[(y * width) + x] += score - without;
                    covered[(y * width) + x]++;
                }
        }, ct);
        return [.. lost.Select((l, i) => (float)(l / covered[i]))];
    }

    /// <param name="parts">Start and length of what is replaced together.</param>
    /// <returns>The loss of each part.</returns>
    public static float[] Parts(ScoreSession session, ExplainedOutput output, float[] row, float[] baseline, IReadOnlyList<(int Start, int Length)> parts, double score, CancellationToken ct)
    {
        float[] lost = new float[parts.Count];
        VariantRows rows = new(parts.Count, row.Length, (number, to) =>
        {
            row.CopyTo(to);
            (int start, int length) = parts[number];
            baseline.AsSpan(start, length).CopyTo(to[start..]);
        });
        session.Visit(rows, output.Output, output.Sign, (number, without, _, _) => lost[number] = (float)(score - without), ct);
        return lost;
    }
}

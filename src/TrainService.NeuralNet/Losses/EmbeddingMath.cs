using System.Numerics;

namespace TrainService.NeuralNet.Losses;

/// <summary>Distances of embeddings. Always added in the same order, wherever the numbers lie in memory.</summary>
internal static class EmbeddingMath
{
    /// <summary>Σ (x - y)², in double precision.</summary>
    internal static double SquaredDistance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Vector<double> sums = Vector<double>.Zero;
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(x[i..]) - new Vector<float>(y[i..]), out Vector<double> low, out Vector<double> high);
            sums += (low * low) + (high * high);
        }

        double sum = Vector.Sum(sums);
        for (; i < x.Length; i++)
        {
            double gap = x[i] - y[i];
            sum += gap * gap;
        }

        return sum;
    }

    /// <summary>Adds factor · (x - y) to the gradient of x, and takes it off that of y.</summary>
    internal static void Pull(ReadOnlySpan<float> x, ReadOnlySpan<float> y, float factor, Span<float> dx, Span<float> dy)
    {
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> pull = (new Vector<float>(x[i..]) - new Vector<float>(y[i..])) * factor;
            (new Vector<float>(dx[i..]) + pull).CopyTo(dx[i..]);
            (new Vector<float>(dy[i..]) - pull).CopyTo(dy[i..]);
        }

        for (; i < x.Length; i++)
        {
            float pull = (x[i] - y[i]) * factor;
            dx[i] += pull;
            dy[i] -= pull;
        }
    }
}

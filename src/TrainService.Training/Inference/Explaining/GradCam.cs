using TrainService.NeuralNet.Explaining;
using TrainService.NeuralNet.Graph;

namespace TrainService.Training.Inference.Explaining;

/// <summary>
/// Gradient-weighted class activation: with A a layer's maps and α_k the mean of dS/dA_k over all places, relu(Σ_k α_k · A_k).
/// Selvaraju and others 2017, arXiv:1610.02391.
/// </summary>
internal static class GradCam
{
    /// <summary>Layers that have height and width and lead to the output, in order.</summary>
    public static IReadOnlyList<NetworkLayer> Layers(Network network)
    {
        HashSet<int> used = [network.Output.Index];
        foreach (NetworkLayer layer in network.Layers.Reverse())
            if (used.Contains(layer.Index)) used.UnionWith(layer.Inputs);
        return [.. network.Layers.Where(l => used.Contains(l.Index) && l.OutputShape.Rank == 3 && l.OutputShape[0] * l.OutputShape[1] > 1)];
    }

    /// <summary>One number for each place of the layer, and the score.</summary>
    /// <param name="session">Of the layer.</param>
    public static (float[] Map, double Score) Run(ScoreSession session, ExplainedOutput output, float[] row, CancellationToken ct)
    {
        int places = session.Shape[0] * session.Shape[1], channels = session.Shape[2];
        float[] map = new float[places];
        double seen = 0;
        session.Visit(new VariantRows(1, row.Length, (_, to) => row.CopyTo(to)), output.Output, output.Sign, (_, score, values, gradient) =>
        {
            double[] weights = new double[channels];
            for (int i = 0; i < gradient.Length; i++) weights[i % channels] += gradient[i];
            for (int p = 0; p < places; p++)
            {
                double sum = 0;
                for (int c = 0; c < channels; c++) sum += weights[c] / places * values[(p * channels) + c];
                map[p] = (float)Math.Max(sum, 0);
            }

            seen = score;
        }, ct);
        return (map, seen);
    }

    /// <summary>Bilinear, pixels as squares with their value in the middle.</summary>
    public static float[] Enlarge(float[] map, int height, int width, int toHeight, int toWidth)
    {
        float[] large = new float[toHeight * toWidth];
        for (int y = 0; y < toHeight; y++)
        {
            (int top, int bottom, float down) = Between(y, toHeight, height);
            for (int x = 0; x < toWidth; x++)
            {
                (int left, int right, float along) = Between(x, toWidth, width);
                float upper = map[(top * width) + left] + (along * (map[(top * width) + right] - map[(top * width) + left]));
                float lower = map[(bottom * width) + left] + (along * (map[(bottom * width) + right] - map[(bottom * width) + left]));
                large[(y * toWidth) + x] = upper + (down * (lower - upper));
            }
        }

        return large;
    }

    private static (int First, int Second, float Share) Between(int at, int size, int sourceSize)
    {
        float place = Math.Clamp(((at + 0.5f) * sourceSize / size) - 0.5f, 0, sourceSize - 1);
        int first = (int)place;
        return (first, Math.Min(first + 1, sourceSize - 1), place - first);
    }
}

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>For each place of an axis in another size the two places of the original that it is mixed of: (1 - w) · first + w · second.</summary>
internal sealed class Taps
{
    private Taps(int count) => (First, Second, Weight) = (new int[count], new int[count], new float[count]);

    public int[] First { get; }

    public int[] Second { get; }

    /// <summary>Weight of the second.</summary>
    public float[] Weight { get; }

    public int Count => First.Length;

    /// <summary>Centres of pixels lie at halves: output i takes the pixel that (i + ½) · length/count lies in.</summary>
    public static Taps Nearest(int length, int count)
    {
        Taps taps = new(count);
        for (int i = 0; i < taps.Count; i++) taps.First[i] = taps.Second[i] = (int)Math.Min(((2L * i) + 1) * length / (2L * count), length - 1);
        return taps;
    }

    /// <summary>Centres of pixels lie at halves: output i stands at (i + ½) · length/count - ½; beyond the edge the edge counts.</summary>
    public static Taps Linear(int length, int count)
    {
        Taps taps = new(count);
        for (int i = 0; i < taps.Count; i++)
        {
            double at = Math.Clamp(((i + 0.5) * length / count) - 0.5, 0, length - 1);
            int first = Math.Min((int)at, length - 1);
            (taps.First[i], taps.Second[i], taps.Weight[i]) = (first, Math.Min(first + 1, length - 1), (float)(at - first));
        }

        return taps;
    }
}

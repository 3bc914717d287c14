using TrainService.NeuralNet.Sessions;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.Training.Inference;

/// <summary>
/// Monte Carlo dropout: each row is predicted many times with dropout on; batches are filled with rows times samples, so that a single row keeps the
/// machine as busy as many. The masks come from the seed and the place of a pass alone: the same question gives the same numbers, with any threads.
/// Gal, Ghahramani 2016, arXiv:1506.02142.
/// </summary>
internal sealed class MonteCarlo
{
    private readonly float[]? _samples;
    private readonly int _count, _length;

    /// <param name="count">Samples of each row.</param>
    /// <param name="length">Numbers in an output.</param>
    /// <param name="keep">Keep the single samples.</param>
    private MonteCarlo(int rows, int count, int length, bool keep)
    {
        (_count, _length) = (count, length);
        (Mean, Deviation) = (new double[rows * length], new double[rows * length]);
        if (keep) _samples = new float[checked(rows * count * length)];
    }

    /// <summary>One output after the other.</summary>
    public double[] Mean { get; }

    /// <summary>Divided by the number of samples.</summary>
    public double[] Deviation { get; }

    /// <summary>By row, then by sample; null when they were not kept.</summary>
    public float[][][]? Samples => _samples is null ? null
        : [.. _samples.Chunk(_count * _length).Select(row => row.Chunk(_length).ToArray())];

    /// <param name="batch">Passes at a time.</param>
    public static MonteCarlo Run(LoadedNetwork network, FloatRows rows, int count, int batch, ulong seed, bool keep, ComputeTeam team, CancellationToken ct)
    {
        var result = new MonteCarlo(rows.Count, count, (int)network.State.Network.OutputShape.Size, keep);
        long passes = (long)rows.Count * count;
        batch = (int)Math.Min(batch, passes);
        using var session = new InferenceSession(network.State, batch, team, dropout: true, seed);
        int[] of = new int[batch];
        float[] drawn = new float[batch * result._length];
        for (long pass = 0; pass < passes; pass += batch)
        {
            ct.ThrowIfCancellationRequested();
            int now = (int)Math.Min(batch, passes - pass);
            for (int i = 0; i < now; i++) of[i] = (int)((pass + i) % rows.Count);
            session.Predict(rows, of.AsSpan(0, now), drawn, sample: pass / batch);
            for (int i = 0; i < now; i++) result.Add(of[i], (int)((pass + i) / rows.Count), drawn.AsSpan(i * result._length, result._length));
        }
        for (int i = 0; i < result.Deviation.Length; i++) result.Deviation[i] = Math.Sqrt(result.Deviation[i] / count);
        return result;
    }

    // Welford's update, so that many samples lose no digits; a row's samples come in order.
    private void Add(int row, int sample, ReadOnlySpan<float> drawn)
    {
        int at = row * _length;
        for (int i = 0; i < drawn.Length; i++)
        {
            double difference = drawn[i] - Mean[at + i];
            Mean[at + i] += difference / (sample + 1);
            Deviation[at + i] += difference * (drawn[i] - Mean[at + i]);
        }
        if (_samples is not null) drawn.CopyTo(_samples.AsSpan(((row * _count) + sample) * _length));
    }
}

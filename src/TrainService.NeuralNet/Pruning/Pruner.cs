using MathNet.Numerics.Statistics;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Pruning;

/// <summary>Chooses the weights that stay: of each kernel the largest, as many as the sparsity leaves, ties by their place.</summary>
internal sealed class Pruner
{
    private readonly (Parameter Parameter, SlotTensor Mask, float[] Values, float[] Kept)[] _kernels;
    private readonly float[] _scratch;

    public Pruner(OptimizerState slots)
    {
        _kernels = [.. slots.Masks.Where(m => m.Parameter.Trainable && IsPruned(m.Parameter.Spec.Name))
            .Select(m => (m.Parameter, m, new float[m.Parameter.Shape.Size], new float[m.Parameter.Shape.Size]))];
        _scratch = new float[_kernels.Length == 0 ? 0 : _kernels.Max(k => k.Values.Length)];
    }

    /// <summary>Of each kernel, by its name: the share of its weights that are zero.</summary>
    public IEnumerable<(string Name, long Weights, long Zeros)> Count()
    {
        foreach ((Parameter parameter, _, float[] values, _) in _kernels)
        {
            parameter.Read(values);
            yield return (parameter.Name, values.Length, values.Count(v => v == 0));
        }
    }

    /// <summary>Sets all but the largest weights of each kernel to zero, and writes down which.</summary>
    public void Prune(double sparsity)
    {
        foreach ((Parameter parameter, SlotTensor mask, float[] values, float[] kept) in _kernels)
        {
            parameter.Read(values);
            Choose(values, kept, (int)Math.Round(values.Length * (1 - sparsity)));
            for (int i = 0; i < values.Length; i++) values[i] *= kept[i];
            mask.Write(kept);
            parameter.Write(values);
        }
    }

    private static bool IsPruned(string role) => role.EndsWith("kernel", StringComparison.Ordinal) || role == "embeddings";

    private void Choose(float[] values, float[] kept, int count)
    {
        if (count >= values.Length)
        {
            Array.Fill(kept, 1f);
            return;
        }

        Array.Clear(kept);
        if (count == 0) return;
        // The order statistic works on an array of just the right length.
        float[] sizes = _scratch.Length == values.Length ? _scratch : new float[values.Length];
        for (int i = 0; i < values.Length; i++) sizes[i] = Math.Abs(values[i]);
        float smallest = ArrayStatistics.OrderStatisticInplace(sizes, values.Length - count + 1);
        int left = count;
        for (int i = 0; i < values.Length; i++)
        {
            if (Math.Abs(values[i]) <= smallest) continue;
            kept[i] = 1f;
            left--;
        }

        for (int i = 0; i < values.Length && left > 0; i++)
        {
            if (Math.Abs(values[i]) != smallest) continue;
            kept[i] = 1f;
            left--;
        }
    }
}

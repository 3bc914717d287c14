using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TrainService.NeuralNet.Regularizers;

/// <summary>l1 · Σ|w| + l2 · Σw², gradient l1 · sign(w) + 2 · l2 · w with sign(0) = 0, as Keras.</summary>
public sealed class ElementwisePenalty(double l1, double l2) : Regularizer
{
    private static readonly int Width = Vector512<float>.Count;

    /// <summary>Factor of Σ|w|.</summary>
    public double L1 { get; } = l1;

    /// <summary>Factor of Σw².</summary>
    public double L2 { get; } = l2;

    /// <inheritdoc/>
    public override double Penalty(ReadOnlySpan<float> values)
    {
        Vector512<double> magnitudes = default, squares = default;
        int i = 0;
        for (; i <= values.Length - Width; i += Width) Add(Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)i), ref magnitudes, ref squares);
        if (i < values.Length)
        {
            Span<float> end = stackalloc float[Width];
            end.Clear();
            values[i..].CopyTo(end);
            Add(Vector512.Create((ReadOnlySpan<float>)end), ref magnitudes, ref squares);
        }

        return (L1 * Vector512.Sum(magnitudes)) + (L2 * Vector512.Sum(squares));
    }

    /// <inheritdoc/>
    public override void AddGradient(ReadOnlySpan<float> values, float scale, Span<float> gradient)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, values.Length);
        float linear = (float)L1 * scale, slope = (float)(2 * L2) * scale;
        ref float w = ref MemoryMarshal.GetReference(values), g = ref MemoryMarshal.GetReference(gradient);
        int i = 0;
        for (; i <= values.Length - Width; i += Width)
        {
            Vector512<float> x = Vector512.LoadUnsafe(ref w, (nuint)i);
            Vector512<float> sign = Vector512.ConditionalSelect(Vector512.Equals(x, Vector512<float>.Zero), Vector512<float>.Zero,
                Vector512.CopySign(Vector512.Create(linear), x));
            (Vector512.LoadUnsafe(ref g, (nuint)i) + (sign + (x * slope))).StoreUnsafe(ref g, (nuint)i);
        }

        for (; i < values.Length; i++)
        {
            float x = values[i], sign = x == 0 ? 0 : float.CopySign(linear, x);
            gradient[i] += sign + (x * slope);
        }
    }

    private static void Add(Vector512<float> x, ref Vector512<double> magnitudes, ref Vector512<double> squares)
    {
        (Vector512<double> low, Vector512<double> high) = Vector512.Widen(x);
        magnitudes += Vector512.Abs(low) + Vector512.Abs(high);
        squares += (low * low) + (high * high);
    }
}

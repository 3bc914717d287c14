using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels;

namespace TrainService.NeuralNet.Activations;

/// <summary>What softmax and its kin need of a row. Sums run in double and in a fixed order, so that no processor changes them.</summary>
internal static class RowMath
{
    /// <summary>The largest element; NaN if there is one.</summary>
    internal static float Max(ReadOnlySpan<float> x)
    {
        float most = float.NegativeInfinity;
        foreach (float v in x) most = MathF.Max(most, v);
        return most;
    }

    /// <summary>y = e^(x - shift), and its sum.</summary>
    internal static double Exp(ReadOnlySpan<float> x, float shift, Span<float> y)
    {
        TensorPrimitives.Subtract(x, shift, y);
        VectorMath.Exp(y, y);
        return Elementwise.Sum(y);
    }

    /// <summary>
    /// Σ a[i] · b[i]: eight sums, of the elements whose index is the same modulo 8, then added up in pairs. The products are exact.
    /// </summary>
    internal static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector512<double> sum = default;
        int i = 0;
        for (; i <= a.Length - 8; i += 8) sum += Eight(a[i..]) * Eight(b[i..]);
        if (i < a.Length)
        {
            Span<float> restA = stackalloc float[8], restB = stackalloc float[8];
            restA.Clear();
            restB.Clear();
            a[i..].CopyTo(restA);
            b[i..].CopyTo(restB);
            sum += Eight(restA) * Eight(restB);
        }
        Vector256<double> four = sum.GetLower() + sum.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.ToScalar() + two.GetElement(1);
    }

    private static Vector512<double> Eight(ReadOnlySpan<float> x)
        => Vector512.Create(Vector256.WidenLower(Vector256.Create(x)), Vector256.WidenUpper(Vector256.Create(x)));
}

using System.Numerics;

namespace TrainService.NeuralNet.Losses;

/// <summary>A loss made of its <see cref="IPointwiseLoss"/> mathematics: its mean or sum over the elements of a row.</summary>
public class PointwiseLoss<TKernel>(TKernel kernel) : Loss
    where TKernel : struct, IPointwiseLoss
{
    /// <inheritdoc/>
    public override bool SpansAxis => !TKernel.IsMean;

    /// <inheritdoc/>
    public sealed override double Value(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, prediction.Length);
        TKernel f = kernel;
        int width = Vector<float>.Count, i = 0;
        var sum = Vector<double>.Zero;
        for (; i <= prediction.Length - width; i += width)
        {
            Vector<float> p = new(prediction[i..]), t = new(target[i..]);
            sum += f.Value(Vector.WidenLower(p), Vector.WidenLower(t)) + f.Value(Vector.WidenUpper(p), Vector.WidenUpper(t));
        }
        double total = Vector.Sum(sum);
        if (i < prediction.Length)
        {
            Vector<float> p = End(prediction[i..]), t = End(target[i..]);
            total += EndSum(f, p, t, prediction.Length - i);
        }
        return total / (TKernel.IsMean ? prediction.Length : 1);
    }

    /// <inheritdoc/>
    public sealed override double ValueAndGradient(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target,
        Span<float> gradient, float scale)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, prediction.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, prediction.Length);
        TKernel f = kernel;
        int width = Vector<float>.Count, i = 0;
        double share = TKernel.IsMean ? 1.0 / prediction.Length : 1;
        var factor = new Vector<double>(scale * share);
        var sum = Vector<double>.Zero;
        for (; i <= prediction.Length - width; i += width)
        {
            Vector<float> p = new(prediction[i..]), t = new(target[i..]);
            sum += f.Value(Vector.WidenLower(p), Vector.WidenLower(t)) + f.Value(Vector.WidenUpper(p), Vector.WidenUpper(t));
            Slopes(f, p, t, factor).CopyTo(gradient[i..]);
        }
        double total = Vector.Sum(sum);
        if (i < prediction.Length)
        {
            Vector<float> p = End(prediction[i..]), t = End(target[i..]);
            total += EndSum(f, p, t, prediction.Length - i);
            Span<float> whole = stackalloc float[width];
            Slopes(f, p, t, factor).CopyTo(whole);
            whole[..(prediction.Length - i)].CopyTo(gradient[i..]);
        }
        return total * share;
    }

    private static Vector<float> Slopes(TKernel f, Vector<float> p, Vector<float> t, Vector<double> factor)
        => Vector.Narrow(
            f.Slope(Vector.WidenLower(p), Vector.WidenLower(t)) * factor,
            f.Slope(Vector.WidenUpper(p), Vector.WidenUpper(t)) * factor);

    // The end of a row that fills no vector, its last element repeated: a number that the formula surely takes.
    private static Vector<float> End(ReadOnlySpan<float> end)
    {
        Span<float> whole = stackalloc float[Vector<float>.Count];
        whole.Fill(end[^1]);
        end.CopyTo(whole);
        return new Vector<float>(whole);
    }

    private static double EndSum(TKernel f, Vector<float> p, Vector<float> t, int length)
    {
        Vector<double> low = f.Value(Vector.WidenLower(p), Vector.WidenLower(t));
        Vector<double> high = f.Value(Vector.WidenUpper(p), Vector.WidenUpper(t));
        int half = Vector<double>.Count;
        double sum = 0;
        for (int i = 0; i < length; i++) sum += i < half ? low[i] : high[i - half];
        return sum;
    }
}

using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Regularizers;

/// <summary>factor · mean over all pairs of |u · v|, where u and v are two rows (or columns) of a matrix, each brought to length 1: 0 when all are orthogonal.</summary>
/// <remarks>Lengths are held at 1e-7 at least, as Keras does.</remarks>
public sealed class OrthogonalPenalty(double factor, bool rows) : WholeRegularizer
{
    private const double LeastLength = 1e-7;

    public static ComponentDescriptor<Regularizer> Descriptor { get; } = new("orthogonal", a => new OrthogonalPenalty(a.Number("factor"), a.Text("mode") == "rows"))
    {
        KerasName = "OrthogonalRegularizer",
        Aliases = ["orthogonal_regularizer"],
        Summary = "Adds the mean of |cosine| between all pairs of a matrix's rows or columns: keeps them orthogonal.",
        Advice = "For embeddings and dense kernels whose features should not repeat each other; matrices only.",
        Source = "Keras OrthogonalRegularizer",
        Arguments =
        [
            Arg.Number("factor", "Factor of the mean.", 0.01, min: 0),
            Arg.Choice("mode", "Of what all pairs are taken.", "rows", "rows", "columns"),
        ],
    };

    /// <inheritdoc/>
    public override string? Objection(Shape shape) => shape.Rank != 2 ? $"takes matrices only, not {shape}."
        : shape[rows ? 0 : 1] < 2 ? $"needs at least two {(rows ? "rows" : "columns")}, not {shape}." : null;

    /// <summary>The vectors at length 1, their lengths, and the gradient by one of them.</summary>
    public override int ScratchLength(Shape shape)
    {
        (int count, int length) = rows ? (shape[0], shape[1]) : (shape[1], shape[0]);
        return (count * length) + count + length;
    }

    /// <inheritdoc/>
    public override double PenaltyAndGradient(ReadOnlySpan<float> values, Shape shape, Span<double> scratch, Span<float> gradient)
    {
        (int count, int length, int next, int step) = rows ? (shape[0], shape[1], shape[1], 1) : (shape[1], shape[0], 1, shape[1]);
        Span<double> unit = scratch[..(count * length)], lengths = scratch.Slice(count * length, count), slope = scratch.Slice((count * length) + count, length);
        for (int i = 0; i < count; i++)
        {
            double squares = 0;
            for (int k = 0; k < length; k++) squares += Math.Pow(values[(i * next) + (k * step)], 2);
            lengths[i] = Math.Max(Math.Sqrt(squares), LeastLength);
            for (int k = 0; k < length; k++) unit[(i * length) + k] = values[(i * next) + (k * step)] / lengths[i];
        }

        // Each pair stands twice in the product, and its sum is halved: factor / pairs for each.
        double share = factor / (count * (count - 1.0) / 2), sum = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<double> u = unit.Slice(i * length, length);
            slope.Clear();
            for (int j = 0; j < count; j++)
            {
                if (j == i) continue;
                ReadOnlySpan<double> v = unit.Slice(j * length, length);
                double cosine = Dot(u, v);
                if (j > i) sum += Math.Abs(cosine);
                double sign = Math.Sign(cosine);
                if (!gradient.IsEmpty) for (int k = 0; k < length; k++) slope[k] += sign * v[k];
            }

            if (gradient.IsEmpty) continue;
            // Through u = x / |x|; a length held at its least is a constant.
            double along = lengths[i] > LeastLength ? Dot(slope, u) : 0;
            for (int k = 0; k < length; k++) gradient[(i * next) + (k * step)] = (float)(share * (slope[k] - (along * u[k])) / lengths[i]);
        }

        return share * sum;
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}

using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using TrainService.Specification;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Initializers;

/// <summary>
/// gain · Q, Q with orthonormal columns (or rows, when there are fewer): the Q of a normal random matrix's QR decomposition, its columns'
/// signs set by R's diagonal, which makes Q uniform over all rotations. Axes before the last count as one.
/// </summary>
public sealed class Orthogonal(double gain) : Initializer
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("orthogonal", a => new Orthogonal(a.Number("gain")))
    {
        KerasName = "Orthogonal",
        Aliases = ["OrthogonalInitializer"],
        Summary = "A random rotation: lengths of vectors are kept.",
        Advice = "For recurrent kernels and very deep plain networks; costs a QR decomposition of each kernel.",
        Source = "Saxe, McClelland, Ganguli 2013, arXiv:1312.6120; signs: Mezzadri 2007, arXiv:math-ph/0609050",
        Arguments = [Arg.Number("gain", "Factor on the matrix.", 1)],
    };

    /// <inheritdoc/>
    public override string? Objection(ReadOnlySpan<int> shape)
        => shape.Length >= 2 ? null : $"orthogonal takes at least two axes, got {shape.Length}.";

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxStream random)
    {
        if (Objection(shape) is { } objection) throw new ArgumentException(objection, nameof(shape));
        int columns = shape[^1], rows = values.Length / columns;
        (int tall, int thin) = (Math.Max(rows, columns), Math.Min(rows, columns));
        var normals = new Normals(random);
        var start = new double[tall * thin];
        foreach (ref double v in start.AsSpan()) v = normals.Next();
        QR<double> qr = Matrix<double>.Build.Dense(tall, thin, start).QR(QRMethod.Thin);
        // R is worked out anew each time it is asked for.
        (Matrix<double> q, Matrix<double> r) = (qr.Q, qr.R);
        for (int j = 0; j < thin; j++)
        {
            double factor = gain * Math.Sign(r[j, j]);
            for (int i = 0; i < tall; i++)
                values[rows >= columns ? (i * columns) + j : (j * columns) + i] = (float)(factor * q[i, j]);
        }
    }
}

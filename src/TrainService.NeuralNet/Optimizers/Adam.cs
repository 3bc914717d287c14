using System.Numerics;
using System.Runtime.InteropServices;
using TrainService.Specification;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// m += (1 - β₁)(g - m), v += (1 - β₂)(g² - v), w -= α · m / (√v + ε) with α = rate · √(1 - β₂ᵗ) / (1 - β₁ᵗ): ε stands outside the root of the
/// uncorrected v (the paper's "epsilon hat"), as Keras has it. With amsgrad the largest v so far takes v's place.
/// </summary>
/// <remarks>Kingma, Ba 2015, arXiv:1412.6980; Reddi, Kale, Kumar 2018 (amsgrad). Slots: m, v, and v_hat with amsgrad. Powers of β in float32.</remarks>
public sealed class Adam(double beta1, double beta2, double epsilon, bool amsgrad) : Optimizer
{
    public static ComponentDescriptor<Optimizer> Descriptor { get; } = new("adam",
        a => OptimizerArguments.Fill(a, new Adam(a.Number("beta_1"), a.Number("beta_2"), a.Number("epsilon"), a.Flag("amsgrad"))))
    {
        KerasName = "Adam",
        Summary = "Momentum, with a step size of its own for each weight from the running mean of its squared gradients.",
        Advice = "The safe first choice: little tuning; when it generalizes badly, try sgd with nesterov momentum or nadam.",
        Source = "Kingma, Ba 2015, arXiv:1412.6980",
        Arguments = OptimizerArguments.With(0.001, Own),
    };

    internal static IReadOnlyList<ArgumentSpec> Own =>
    [
        Arg.Number("beta_1", "Decay of the mean of gradients.", 0.9, min: 0, max: 1, maxExclusive: true),
        Arg.Number("beta_2", "Decay of the mean of squared gradients.", 0.999, min: 0, max: 1, maxExclusive: true),
        Arg.Number("epsilon", "Added to the root.", 1e-7, min: 0, max: 1),
        Arg.Flag("amsgrad", "Divide by the largest mean of squares so far.", false),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = amsgrad ? ["m", "v", "v_hat"] : ["m", "v"];

    /// <inheritdoc/>
    public override UpdateScalars Prepare(long iteration, float rate, float? momentum)
    {
        float b1 = momentum ?? (float)beta1, b2 = (float)beta2, t = iteration + 1;
        float alpha = rate * MathF.Sqrt(1 - MathF.Pow(b2, t)) / (1 - MathF.Pow(b1, t));
        return new UpdateScalars(alpha, 1 - b1, 1 - b2, (float)epsilon);
    }

    /// <inheritdoc/>
    public override void Update(in UpdateScalars scalars, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> slot0, Span<float> slot1, Span<float> slot2)
    {
        Vector<float> minus = new(-scalars.Rate), take1 = new(scalars.A), take2 = new(scalars.B), epsilon = new(scalars.C);
        Span<Vector<float>> w = Cast(weights), m = Cast(slot0), v = Cast(slot1), largest = Cast(slot2);
        ReadOnlySpan<Vector<float>> g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        for (int i = 0; i < w.Length; i++)
        {
            Vector<float> mean = Vector.FusedMultiplyAdd(take1, g[i] - m[i], m[i]);
            Vector<float> square = Vector.FusedMultiplyAdd(take2, (g[i] * g[i]) - v[i], v[i]);
            m[i] = mean;
            v[i] = square;
            if (amsgrad) largest[i] = square = Vector.Max(largest[i], square);
            w[i] += minus * mean / (Vector.SquareRoot(square) + epsilon);
        }
    }

    private static Span<Vector<float>> Cast(Span<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);
}

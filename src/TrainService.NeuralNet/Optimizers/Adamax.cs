using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// m as <see cref="Adam"/>, u = max(β₂ u, |g|), w -= rate · m / ((1 - β₁ᵗ)(u + ε)). A schedule's momentum takes β₁'s place.
/// </summary>
public sealed class Adamax(OptimizerSettings settings, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7)
    : Optimizer(settings)
{
    public static ComponentDescriptor<Optimizer> Descriptor { get; } = new("adamax",
        a => new Adamax(OptimizerSettings.Read(a), a.Number("beta_1"), a.Number("beta_2"), a.Number("epsilon")))
    {
        KerasName = "Adamax",
        Summary = "Adam, scaled by the largest recent gradient instead of the mean square.",
        Advice = "Sometimes steadier than adam, as with embeddings; adam is usually better.",
        Source = "Kingma, Ba 2014, arXiv:1412.6980, section 7.1",
        Arguments = OptimizerSettings.Declare(0.001,
        [
            OptimizerSettings.Share("beta_1", "How much of the mean gradient is kept at each step.", 0.9),
            OptimizerSettings.Share("beta_2", "How much of the largest gradient is kept at each step.", 0.999),
            OptimizerSettings.Epsilon("Added to the largest gradient."),
        ]),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = ["m", "u"];

    /// <inheritdoc/>
    public override bool TakesMomentum => true;

    /// <inheritdoc/>
    public override UpdateScalars Prepare(long iteration, float rate, float? momentum)
    {
        float b1 = momentum ?? (float)beta1;
        return new(rate, 1f - MathF.Pow(b1, iteration + 1), momentum is null ? (float)(1 - beta1) : 1f - b1, (float)beta2, (float)epsilon);
    }

    /// <inheritdoc/>
    internal override UpdateKernel Kernel { get; } = new UpdateKernel<Rule>(k => new Rule(k));

    private readonly struct Rule(UpdateScalars k) : IUpdateRule
    {
        public static int Slots => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
            where L : struct, ILane<V>
            where V : unmanaged
        {
            s0 += (g - s0) * k.B;
            s1 = Floats<L, V>.Max(s1 * k.C, Floats<L, V>.Abs(g));
            w -= s0 * k.Rate / ((s1 + k.D) * k.A);
        }
    }
}

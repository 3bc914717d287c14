using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// u_t = β₁ (1 - 0.96ᵗ / 2), P_t = u_1 · … · u_t; m and v as <see cref="Adam"/>;
/// m̂ = u_(t+1) m / (1 - P_t u_(t+1)) + (1 - u_t) g / (1 - P_t), v̂ = v / (1 - β₂ᵗ), w -= rate · m̂ / (√v̂ + ε): here ε stands on the
/// corrected root. P_t is a function of the iteration alone, so that resuming needs no state.
/// </summary>
public sealed class Nadam(OptimizerSettings settings, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7) : Optimizer(settings)
{
    private readonly MomentumProduct _product = new((float)beta1);

    public static ComponentDescriptor<Optimizer> Descriptor { get; } = new("nadam",
        a => new Nadam(OptimizerSettings.Read(a), a.Number("beta_1"), a.Number("beta_2"), a.Number("epsilon")))
    {
        KerasName = "Nadam",
        Summary = "Adam with Nesterov's look ahead.",
        Advice = "Often a little faster than adam. Its momentum has a warm-up of its own: a schedule's momentum is ignored.",
        Source = "Dozat 2016, Incorporating Nesterov momentum into Adam",
        Arguments = OptimizerSettings.Declare(0.001,
        [
            OptimizerSettings.Share("beta_1", "How much of the mean gradient is kept at each step.", 0.9),
            OptimizerSettings.Share("beta_2", "How much of the mean squared gradient is kept at each step.", 0.999),
            OptimizerSettings.Epsilon("Added to the corrected root of the mean square."),
        ]),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = ["m", "v"];

    /// <inheritdoc/>
    public override UpdateScalars Prepare(long iteration, float rate, float? momentum)
    {
        float now = _product.Momentum(iteration + 1), next = _product.Momentum(iteration + 2), product = _product.Through(iteration + 1);
        return new(rate,
            next / (1f - (product * next)), (1f - now) / (1f - product),
            (float)(1 - beta1), (float)(1 - beta2), 1f - MathF.Pow((float)beta2, iteration + 1), (float)epsilon);
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
            s0 += (g - s0) * k.C;
            s1 += ((g * g) - s1) * k.D;
            w -= ((s0 * k.A) + (g * k.B)) * k.Rate / (Floats<L, V>.Sqrt(s1 / k.E) + k.F);
        }
    }
}

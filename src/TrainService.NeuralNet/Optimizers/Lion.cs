using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>w -= rate · sign(β₁ m + (1 - β₁) g), then m = β₂ m + (1 - β₂) g.</summary>
public sealed class Lion(OptimizerSettings settings, double beta1 = 0.9, double beta2 = 0.99) : Optimizer(settings)
{
    public static ComponentDescriptor<Optimizer> Descriptor { get; } = new("lion",
        a => new Lion(OptimizerSettings.Read(a), a.Number("beta_1"), a.Number("beta_2")))
    {
        KerasName = "Lion",
        Summary = "Steps of one size, in the direction of the sign of the momentum.",
        Advice = "Half of adam's memory; wants a 3 to 10 times lower rate and a higher weight_decay than adamw, and large batches.",
        Source = "Chen et al. 2023, arXiv:2302.06675",
        Arguments = OptimizerSettings.Declare(0.001,
        [
            OptimizerSettings.Share("beta_1", "How much of the momentum goes into the step.", 0.9),
            OptimizerSettings.Share("beta_2", "How much of the momentum is kept at each step.", 0.99),
        ]),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = ["momentum"];

    /// <inheritdoc/>
    public override UpdateScalars Prepare(long iteration, float rate, float? momentum)
        => new(rate, (float)beta1, (float)(1 - beta1), (float)beta2, (float)(1 - beta2));

    /// <inheritdoc/>
    internal override UpdateKernel Kernel { get; } = new UpdateKernel<Rule>(k => new Rule(k));

    private readonly struct Rule(UpdateScalars k) : IUpdateRule
    {
        public static int Slots => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
            where L : struct, ILane<V>
            where V : unmanaged
        {
            Floats<L, V> c = (s0 * k.A) + (g * k.B);
            // Neither 0 nor NaN is greater than 0: both are their own sign.
            w -= Floats<L, V>.WhereLess(0f, Floats<L, V>.Abs(c), Floats<L, V>.CopySign(1f, c), c) * k.Rate;
            s0 = (s0 * k.C) + (g * k.D);
        }
    }
}

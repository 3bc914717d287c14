using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// m += (1 - β₁)(g - m), v += (1 - β₂)(g² - v), w -= α m / (√v + ε) with α = rate · √(1 - β₂ᵗ) / (1 - β₁ᵗ): ε stands on the uncorrected √v
/// ("epsilon hat"), as in Keras. amsgrad: the largest v so far takes v's place. A schedule's momentum takes β₁'s place.
/// </summary>
public sealed class Adam(OptimizerSettings settings, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7, bool amsgrad = false)
    : Optimizer(settings)
{
    public static ComponentDescriptor<Optimizer> Descriptor { get; } = new("adam", Create)
    {
        KerasName = "Adam",
        Summary = "Momentum, with a step size for each weight by the recent size of its gradients.",
        Advice = "Learns fast with little tuning; if it generalizes badly, take sgd with nesterov momentum.",
        Source = "Kingma, Ba 2014, arXiv:1412.6980; amsgrad: Reddi, Kale, Kumar 2018",
        Arguments = OptimizerSettings.Declare(0.001, Own),
    };

    internal static IReadOnlyList<ArgumentSpec> Own =>
    [
        OptimizerSettings.Share("beta_1", "How much of the mean gradient is kept at each step.", 0.9),
        OptimizerSettings.Share("beta_2", "How much of the mean squared gradient is kept at each step.", 0.999),
        OptimizerSettings.Epsilon("Added to the root of the mean square, before its bias is corrected."),
        Arg.Flag("amsgrad", "Never let the mean square shrink.", false),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = amsgrad ? ["m", "v", "v_hat"] : ["m", "v"];

    /// <inheritdoc/>
    public override bool TakesMomentum => true;

    /// <inheritdoc/>
    public override UpdateScalars Prepare(long iteration, float rate, float? momentum)
    {
        float b1 = momentum ?? (float)beta1, t = iteration + 1;
        float alpha = rate * MathF.Sqrt(1f - MathF.Pow((float)beta2, t)) / (1f - MathF.Pow(b1, t));
        return new(rate, alpha, momentum is null ? (float)(1 - beta1) : 1f - b1, (float)(1 - beta2), (float)epsilon);
    }

    /// <inheritdoc/>
    internal override UpdateKernel Kernel { get; } = amsgrad ? new UpdateKernel<Amsgrad>(k => new Amsgrad(k)) : new UpdateKernel<Plain>(k => new Plain(k));

    internal static Adam Create(Arguments a)
        => new(OptimizerSettings.Read(a), a.Number("beta_1"), a.Number("beta_2"), a.Number("epsilon"), a.Flag("amsgrad"));

    private readonly struct Plain(UpdateScalars k) : IUpdateRule
    {
        public static int Slots => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
            where L : struct, ILane<V>
            where V : unmanaged
        {
            s0 += (g - s0) * k.B;
            s1 += ((g * g) - s1) * k.C;
            w -= s0 * k.A / (Floats<L, V>.Sqrt(s1) + k.D);
        }
    }

    private readonly struct Amsgrad(UpdateScalars k) : IUpdateRule
    {
        public static int Slots => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
            where L : struct, ILane<V>
            where V : unmanaged
        {
            s0 += (g - s0) * k.B;
            s1 += ((g * g) - s1) * k.C;
            s2 = Floats<L, V>.Max(s2, s1);
            w -= s0 * k.A / (Floats<L, V>.Sqrt(s2) + k.D);
        }
    }
}

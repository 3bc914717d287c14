using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// v = ρ v + (1 - ρ) g², d = v + ε; centered: a = ρ a + (1 - ρ) g, d = v - a² + ε. Step rate · g / √d: ε inside the root, as in Keras.
/// With momentum μ: m = μ m + step, w -= m; else w -= step. A schedule may set μ.
/// </summary>
public sealed class RmsProp(OptimizerSettings settings, double rho = 0.9, double momentum = 0, double epsilon = 1e-7, bool centered = false)
    : Optimizer(settings)
{
    private readonly float _momentum = (float)momentum;

    public static ComponentDescriptor<Optimizer> Descriptor { get; } = new("rmsprop",
        a => new RmsProp(OptimizerSettings.Read(a), a.Number("rho"), a.Number("momentum"), a.Number("epsilon"), a.Flag("centered")))
    {
        KerasName = "RMSprop",
        Summary = "A step size for each weight by the recent size of its gradients.",
        Advice = "Almost always better than adagrad; a good choice beside adam and nadam.",
        Source = "Tieleman, Hinton 2012; centered: Graves 2013, arXiv:1308.0850",
        Arguments = OptimizerSettings.Declare(0.001,
        [
            OptimizerSettings.Share("rho", "How much of the mean squared gradient is kept at each step.", 0.9),
            OptimizerSettings.Momentum("How much of the last step is kept."),
            OptimizerSettings.Epsilon("Added to the mean square."),
            Arg.Flag("centered", "Divide by the gradient's variance instead of its mean square.", false),
        ]),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = (momentum > 0, centered) switch
    {
        (false, false) => ["velocity"],
        (true, false) => ["velocity", "momentum"],
        (false, true) => ["velocity", "average_gradient"],
        (true, true) => ["velocity", "momentum", "average_gradient"],
    };

    /// <inheritdoc/>
    public override bool TakesMomentum => momentum > 0;

    /// <inheritdoc/>
    public override UpdateScalars Prepare(long iteration, float rate, float? momentum)
        => new(rate, (float)rho, (float)(1 - rho), (float)epsilon, momentum ?? _momentum);

    /// <inheritdoc/>
    internal override UpdateKernel Kernel { get; } = (momentum > 0, centered) switch
    {
        (false, false) => new UpdateKernel<Plain>(k => new Plain(k)),
        (true, false) => new UpdateKernel<WithMomentum>(k => new WithMomentum(k)),
        (false, true) => new UpdateKernel<Centered>(k => new Centered(k)),
        (true, true) => new UpdateKernel<CenteredWithMomentum>(k => new CenteredWithMomentum(k)),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Floats<L, V> Increment<L, V>(UpdateScalars k, Floats<L, V> g, Floats<L, V> meanSquare)
        where L : struct, ILane<V>
        where V : unmanaged
        => g * k.Rate / Floats<L, V>.Sqrt(meanSquare + k.C);

    private readonly struct Plain(UpdateScalars k) : IUpdateRule
    {
        public static int Slots => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
            where L : struct, ILane<V>
            where V : unmanaged
        {
            s0 = (s0 * k.A) + (g * g * k.B);
            w -= Increment(k, g, s0);
        }
    }

    private readonly struct WithMomentum(UpdateScalars k) : IUpdateRule
    {
        public static int Slots => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
            where L : struct, ILane<V>
            where V : unmanaged
        {
            s0 = (s0 * k.A) + (g * g * k.B);
            s1 = (s1 * k.D) + Increment(k, g, s0);
            w -= s1;
        }
    }

    private readonly struct Centered(UpdateScalars k) : IUpdateRule
    {
        public static int Slots => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
            where L : struct, ILane<V>
            where V : unmanaged
        {
            s0 = (s0 * k.A) + (g * g * k.B);
            s1 = (s1 * k.A) + (g * k.B);
            w -= Increment(k, g, s0 - (s1 * s1));
        }
    }

    private readonly struct CenteredWithMomentum(UpdateScalars k) : IUpdateRule
    {
        public static int Slots => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
            where L : struct, ILane<V>
            where V : unmanaged
        {
            s0 = (s0 * k.A) + (g * g * k.B);
            s2 = (s2 * k.A) + (g * k.B);
            s1 = (s1 * k.D) + Increment(k, g, s0 - (s2 * s2));
            w -= s1;
        }
    }
}

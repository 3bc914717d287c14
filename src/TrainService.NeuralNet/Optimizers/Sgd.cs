using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// w -= rate · g. With momentum μ: m = μ m - rate · g, w += m: the rate goes into the buffer, as in Keras. Nesterov: w += μ m - rate · g
/// with the new m. A schedule may set μ.
/// </summary>
public sealed class Sgd(OptimizerSettings settings, double momentum = 0, bool nesterov = false) : Optimizer(settings)
{
    private readonly float _momentum = (float)momentum;

    public static ComponentDescriptor<Optimizer> Descriptor { get; } = new("sgd",
        a => new Sgd(OptimizerSettings.Read(a), a.Number("momentum"), a.Flag("nesterov")))
    {
        KerasName = "SGD",
        Summary = "Steps down the gradient; with momentum, gathers speed where the gradient keeps its direction.",
        Advice = "With momentum 0.9, nesterov and a schedule it generalizes at least as well as the adaptive ones; needs its rate tuned.",
        Source = "Polyak 1964; Nesterov 1983; Sutskever, Martens, Dahl, Hinton 2013",
        Arguments = OptimizerSettings.Declare(0.01,
        [
            OptimizerSettings.Momentum("How much of the last step is kept; 0.9 is usual."),
            Arg.Flag("nesterov", "Measure the gradient's effect a little ahead, in the direction of the momentum.", false),
        ]),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = momentum > 0 ? ["momentum"] : [];

    /// <inheritdoc/>
    public override bool TakesMomentum => Slots.Count > 0;

    /// <inheritdoc/>
    public override bool LeavesZeros => Slots.Count == 0;

    /// <inheritdoc/>
    public override UpdateScalars Prepare(long iteration, float rate, float? momentum) => new(rate, A: momentum ?? _momentum);

    /// <inheritdoc/>
    internal override UpdateKernel Kernel { get; } = (momentum > 0, nesterov) switch
    {
        (false, _) => new UpdateKernel<Plain>(k => new Plain(k)),
        (true, true) => new UpdateKernel<Nesterov>(k => new Nesterov(k)),
        (true, false) => new UpdateKernel<Momentum>(k => new Momentum(k)),
    };

    private readonly struct Plain(UpdateScalars k) : IUpdateRule
    {
        public static int Slots => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
            where L : struct, ILane<V>
            where V : unmanaged
        {
            w -= g * k.Rate;
        }
    }

    private readonly struct Momentum(UpdateScalars k) : IUpdateRule
    {
        public static int Slots => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
            where L : struct, ILane<V>
            where V : unmanaged
        {
            s0 = (s0 * k.A) - (g * k.Rate);
            w += s0;
        }
    }

    private readonly struct Nesterov(UpdateScalars k) : IUpdateRule
    {
        public static int Slots => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
            where L : struct, ILane<V>
            where V : unmanaged
        {
            Floats<L, V> step = g * k.Rate;
            s0 = (s0 * k.A) - step;
            w += (s0 * k.A) - step;
        }
    }
}

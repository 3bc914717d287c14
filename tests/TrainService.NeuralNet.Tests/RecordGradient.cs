using TrainService.NeuralNet.Optimizers;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;

namespace TrainService.NeuralNet.Tests;

/// <summary>Keeps the gradient in a slot and leaves the weights alone.</summary>
internal sealed class RecordGradient : Optimizer
{
    public override IReadOnlyList<string> Slots => ["gradient"];

    internal override UpdateKernel Kernel { get; } = new UpdateKernel<Rule>(_ => default);

    public override UpdateScalars Prepare(long iteration, float rate, float? momentum) => new(rate);

    private readonly struct Rule : IUpdateRule
    {
        public static int Slots => 1;

        public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
            where L : struct, ILane<V>
            where V : unmanaged
            => s0 = g;
    }
}

using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>a += g², w -= rate · g / √(a + ε): ε inside the root, as in Keras.</summary>
public sealed class Adagrad(OptimizerSettings settings, double initialAccumulator = 0.1, double epsilon = 1e-7) : Optimizer(settings)
{
    public static ComponentDescriptor<Optimizer> Descriptor { get; } = new("adagrad",
        a => new Adagrad(OptimizerSettings.Read(a), a.Number("initial_accumulator_value"), a.Number("epsilon")))
    {
        KerasName = "Adagrad",
        Summary = "A step size for each weight that shrinks with the sum of all its squared gradients.",
        Advice = "For simple, sparse problems such as linear regression; on deep networks it stops too early: take rmsprop or adam.",
        Source = "Duchi, Hazan, Singer 2011",
        Arguments = OptimizerSettings.Declare(0.001,
        [
            Arg.Number("initial_accumulator_value", "What the sum of squares starts at.", 0.1, min: 0),
            OptimizerSettings.Epsilon("Added to the sum of squares."),
        ]),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = ["accumulator"];

    /// <inheritdoc/>
    public override float SlotStart(int slot) => (float)initialAccumulator;

    /// <inheritdoc/>
    public override bool LeavesZeros => true;

    /// <inheritdoc/>
    public override UpdateScalars Prepare(long iteration, float rate, float? momentum) => new(rate, (float)epsilon);

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
            s0 += g * g;
            w -= g * k.Rate / Floats<L, V>.Sqrt(s0 + k.A);
        }
    }
}

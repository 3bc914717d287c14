using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// a = ρ a + (1 - ρ) g², δ = -g · √(d + ε) / √(a + ε), d = ρ d + (1 - ρ) δ², w += rate · δ. The paper has rate 1; Keras's default is 0.001.
/// </summary>
public sealed class Adadelta(OptimizerSettings settings, double rho = 0.95, double epsilon = 1e-7) : Optimizer(settings)
{
    public static ComponentDescriptor<Optimizer> Descriptor { get; } = new("adadelta",
        a => new Adadelta(OptimizerSettings.Read(a), a.Number("rho"), a.Number("epsilon")))
    {
        KerasName = "Adadelta",
        Summary = "A step size for each weight by the recent sizes of its gradients and of its own steps.",
        Advice = "Set learning_rate 1 for the paper's form; adam is usually the better choice.",
        Source = "Zeiler 2012, arXiv:1212.5701",
        Arguments = OptimizerSettings.Declare(0.001,
        [
            OptimizerSettings.Share("rho", "How much of the mean squares is kept at each step.", 0.95),
            OptimizerSettings.Epsilon("Added to the mean squares."),
        ]),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = ["accumulated_grad", "accumulated_delta"];

    /// <inheritdoc/>
    public override UpdateScalars Prepare(long iteration, float rate, float? momentum)
        => new(rate, (float)rho, (float)(1 - rho), (float)epsilon);

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
            Floats<L, V> epsilon = k.C;
            s0 = (s0 * k.A) + (g * g * k.B);
            Floats<L, V> delta = Floats<L, V>.Sqrt(s1 + epsilon) * g / Floats<L, V>.Sqrt(s0 + epsilon);
            s1 = (s1 * k.A) + (delta * delta * k.B);
            w -= delta * k.Rate;
        }
    }
}

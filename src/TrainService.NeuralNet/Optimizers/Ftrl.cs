using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// Follow the regularized leader. With p = -learning_rate_power: n' = n + g², z += g + 2 λs w - (n'ᵖ - nᵖ) / rate · w, n = n',
/// w = (clip(z, ±λ₁) - z) / (n'ᵖ / rate + 2 (λ₂ + β / (2 rate))).
/// </summary>
public sealed class Ftrl(OptimizerSettings settings, FtrlSettings own) : Optimizer(settings)
{
    public static ComponentDescriptor<Optimizer> Descriptor { get; } = new("ftrl",
        a => new Ftrl(OptimizerSettings.Read(a), new FtrlSettings(
        a.Number("learning_rate_power"), a.Number("initial_accumulator_value"), a.Number("l1_regularization_strength"),
        a.Number("l2_regularization_strength"), a.Number("l2_shrinkage_regularization_strength"), a.Number("beta"))))
    {
        KerasName = "Ftrl",
        Summary = "Keeps a running linear model of the loss and jumps to its regularized minimum: many weights become exactly 0.",
        Advice = "For shallow models over very many sparse features.",
        Source = "McMahan et al. 2013, Ad click prediction: a view from the trenches",
        Arguments = OptimizerSettings.Declare(0.001,
        [
            Arg.Number("learning_rate_power", "How the rate falls with the sum of squares; -0.5: with its root, 0: not at all.",
                -0.5, min: -10, max: 0),
            Arg.Number("initial_accumulator_value", "What the sum of squares starts at.", 0.1, min: 0),
            Arg.Number("l1_regularization_strength", "L1 penalty.", 0, min: 0),
            Arg.Number("l2_regularization_strength", "L2 penalty that stabilizes.", 0, min: 0),
            Arg.Number("l2_shrinkage_regularization_strength", "L2 penalty on the size of weights.", 0, min: 0),
            Arg.Number("beta", "Part of the rate's denominator.", 0, min: 0),
        ]),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = ["accumulator", "linear"];

    /// <inheritdoc/>
    public override float SlotStart(int slot) => slot == 0 ? (float)own.InitialAccumulator : 0f;

    /// <inheritdoc/>
    public override UpdateScalars Prepare(long iteration, float rate, float? momentum)
        => new(rate, (float)-own.Power, (float)own.L1, 2f * (float)(own.L2 + (own.Beta / (2 * (double)rate))), 2f * (float)own.Shrinkage);

    /// <inheritdoc/>
    internal override UpdateKernel Kernel { get; } = new UpdateKernel<Rule>(k => new Rule(k));

    /// <summary>A rate of 0 would divide by 0; it asks for no step.</summary>
    internal override bool Moves(in UpdateScalars scalars) => scalars.Rate != 0;

    private readonly struct Rule(UpdateScalars k) : IUpdateRule
    {
        public static int Slots => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
            where L : struct, ILane<V>
            where V : unmanaged
        {
            Floats<L, V> sum = s0 + (g * g), power = Power(sum), rate = k.Rate, bound = k.B;
            s1 += g + (w * k.D) - ((power - Power(s0)) / rate * w);
            Floats<L, V> quadratic = (power / rate) + k.C;
            Floats<L, V> gap = Floats<L, V>.Min(Floats<L, V>.Max(-k.B, s1), bound) - s1;
            // A weight that never had a gradient may have no curvature either: it stays 0.
            w = Floats<L, V>.WhereLess(Floats<L, V>.Abs(gap), float.Epsilon, 0f, gap / quadratic);
            s0 = sum;
        }

        // Square roots are exact; other powers go through logarithms.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Floats<L, V> Power<L, V>(Floats<L, V> x)
            where L : struct, ILane<V>
            where V : unmanaged
            => k.A == 0.5f ? Floats<L, V>.Sqrt(x) : Floats<L, V>.Power(x, k.A);
    }
}

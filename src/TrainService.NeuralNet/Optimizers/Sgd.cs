using System.Numerics;
using System.Runtime.InteropServices;
using TrainService.Specification;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// Gradient descent. Without momentum w -= rate · g. With momentum μ, m = μ · m - rate · g (the rate is inside the buffer) and w += m, or with
/// Nesterov's look-ahead w += μ · m - rate · g with the new m.
/// </summary>
/// <remarks>Polyak 1964; Nesterov 1983; Sutskever et al. 2013 (ICML). Slot: momentum, only when μ is not 0.</remarks>
public sealed class Sgd(double baseMomentum, bool nesterov) : Optimizer
{
    public static ComponentDescriptor<Optimizer> Descriptor { get; } = new("sgd",
        a => OptimizerArguments.Fill(a, new Sgd(a.Number("momentum"), a.Flag("nesterov"))))
    {
        KerasName = "SGD",
        Summary = "Stochastic gradient descent, with momentum or Nesterov's accelerated gradient when asked for.",
        Advice = "With momentum 0.9, nesterov and a one_cycle schedule it generalizes as well as any; it needs its rate tuned.",
        Source = "Polyak 1964; Nesterov 1983; Sutskever et al. 2013",
        Arguments = OptimizerArguments.With(0.01,
            Arg.Number("momentum", "Share of the last step that is kept.", 0, min: 0, max: 1),
            Arg.Flag("nesterov", "Look ahead along the momentum.", false)),
    };

    private readonly bool _hasMomentum = baseMomentum != 0;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots { get; } = baseMomentum == 0 ? [] : ["momentum"];

    /// <inheritdoc/>
    public override UpdateScalars Prepare(long iteration, float rate, float? momentum) => new(rate, momentum ?? (float)baseMomentum);

    /// <inheritdoc/>
    public override void Update(in UpdateScalars scalars, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> slot0, Span<float> slot1, Span<float> slot2)
    {
        float rate = scalars.Rate, mu = scalars.A;
        if (!_hasMomentum) Plain(rate, weights, gradient);
        else if (nesterov) Nesterov(rate, mu, weights, gradient, slot0);
        else Momentum(rate, mu, weights, gradient, slot0);
    }

    // Padding makes every length a multiple of 16 floats, so no loop has a tail.
    private static void Plain(float rate, Span<float> weights, ReadOnlySpan<float> gradient)
    {
        Vector<float> minus = new(-rate);
        Span<Vector<float>> w = MemoryMarshal.Cast<float, Vector<float>>(weights);
        ReadOnlySpan<Vector<float>> g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        for (int i = 0; i < w.Length; i++) w[i] = Vector.FusedMultiplyAdd(minus, g[i], w[i]);
    }

    private static void Momentum(float rate, float mu, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> momentum)
    {
        Vector<float> minus = new(-rate), keep = new(mu);
        Span<Vector<float>> w = MemoryMarshal.Cast<float, Vector<float>>(weights), m = MemoryMarshal.Cast<float, Vector<float>>(momentum);
        ReadOnlySpan<Vector<float>> g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        for (int i = 0; i < w.Length; i++)
        {
            Vector<float> step = Vector.FusedMultiplyAdd(minus, g[i], keep * m[i]);
            m[i] = step;
            w[i] += step;
        }
    }

    private static void Nesterov(float rate, float mu, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> momentum)
    {
        Vector<float> minus = new(-rate), keep = new(mu);
        Span<Vector<float>> w = MemoryMarshal.Cast<float, Vector<float>>(weights), m = MemoryMarshal.Cast<float, Vector<float>>(momentum);
        ReadOnlySpan<Vector<float>> g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        for (int i = 0; i < w.Length; i++)
        {
            Vector<float> push = minus * g[i], step = Vector.FusedMultiplyAdd(keep, m[i], push);
            m[i] = step;
            w[i] += Vector.FusedMultiplyAdd(keep, step, push);
        }
    }
}

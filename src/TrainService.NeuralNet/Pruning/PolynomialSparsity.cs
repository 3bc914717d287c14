using TrainService.NeuralNet.Schedules;
using TrainService.Specification;

namespace TrainService.NeuralNet.Pruning;

/// <summary>s(t) = final + (initial - final) · (1 - (t - begin) / (end - begin))^power: many weights at first, ever fewer later.</summary>
public sealed class PolynomialSparsity : PruningSchedule
{
    /// <summary>Where pruning ends when nobody says: this share of all updates, so that the last ones mend what pruning broke.</summary>
    public const double EndShare = 0.75;

    private readonly double _initial, _final, _power;

    public PolynomialSparsity(double initial, double final, double power, long begin, long? end)
    {
        if (initial > final) throw Conflict.At("initial_sparsity", $"initial_sparsity {initial} is above final_sparsity {final}.");
        if (end <= begin) throw Conflict.At("end_step", $"end_step {end} is not after begin_step {begin}.");
        (_initial, _final, _power, BeginStep, EndStep) = (initial, final, power, begin, end);
    }

    public static ComponentDescriptor<PruningSchedule> Descriptor { get; } = new("polynomial", a => new PolynomialSparsity(
        a.Number("initial_sparsity"), a.Number("final_sparsity"), a.Number("power"), a.Long("begin_step"), a.Has("end_step") ? a.Long("end_step") : null)
    {
        Every = a.Long("frequency"), ReportLayers = a.Flag("report_layers"),
    })
    {
        KerasName = "PolynomialDecay",
        Summary = "Sets ever more of the smallest weights of each kernel to zero, quickly at first, slowly towards the end.",
        Advice = "The usual way to a sparse network: half to nine tenths of the weights often go at little cost. Leave some epochs after end_step.",
        Source = "Zhu, Gupta 2017, arXiv:1710.01878",
        Arguments =
        [
            Arg.Number("initial_sparsity", "Share of each kernel's weights that the first pruning sets to zero.", 0, min: 0, max: 1, maxExclusive: true),
            Final,
            Begin,
            Arg.Integer("end_step", "The update at which final_sparsity is reached; null: after three quarters of all updates.", min: 1, nullable: true),
            Frequency,
            Arg.Number("power", "How much of the pruning happens early; 3 is usual.", 3, min: 0, minExclusive: true),
            ByLayer,
        ],
    };

    /// <inheritdoc/>
    public override double SparsityAt(long step)
    {
        double end = EndStep ?? throw new InvalidOperationException("Where pruning ends was not resolved.");
        double left = 1 - Math.Clamp((step - BeginStep) / (end - BeginStep), 0, 1);
        return _final + ((_initial - _final) * Math.Pow(left, _power));
    }
}

using TrainService.Data.Descriptions;
using TrainService.Data.Storage;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.Data.Preprocessing;

/// <summary>Moves the training rows' range to [minimum, maximum]. A number that never varies becomes the minimum.</summary>
public sealed class MinMax : Preprocessor
{
    private readonly float _minimum, _maximum;
    private readonly string _per;

    /// <exception cref="ArgumentException">The minimum is not below the maximum.</exception>
    public MinMax(float minimum, float maximum, string per)
    {
        if (minimum >= maximum) throw new ArgumentException($"The minimum ({minimum}) must be below the maximum ({maximum}).");
        (_minimum, _maximum, _per) = (minimum, maximum, per);
    }

    public static ComponentDescriptor Descriptor { get; } = new ComponentDescriptor<Preprocessor>(
        "min_max", a => new MinMax(a.Single("minimum"), a.Single("maximum"), a.Text("per")))
    {
        Summary = "y = (x - smallest) / (largest - smallest) · (maximum - minimum) + minimum, both taken over the training rows; indicators of categories stay 0 and 1.",
        Advice = "When inputs must lie in a range, as for sigmoid outputs that rebuild them. One outlier squeezes everything else: prefer standardize then.",
        Arguments = [Arg.Number("minimum", "Where the smallest goes.", 0), Arg.Number("maximum", "Where the largest goes.", 1), Spread.Argument],
    };

    public override string Name => "min_max";

    public override FittedStep Fit(RowSource training, IReadOnlyList<int> shape, ReadOnlySpan<bool> numeric)
    {
        if (StatisticsPass.Of(training) is not { } found) throw new InvalidOperationException("There are no rows to fit on.");
        if (!Spread.IsPerFeature(_per, shape)) return new(Name, [(float)found.All.Minimum], [Factor(found.All)], [_minimum]);
        ValueStatistics[] each = found.Each;
        return new(Name, Spread.Where(numeric, i => each[i].Minimum, 0), Spread.Where(numeric, i => Factor(each[i]), 1),
            Spread.Where(numeric, _ => _minimum, 0));
    }

    private float Factor(ValueStatistics s) => s.Maximum == s.Minimum ? 1 : (float)((_maximum - _minimum) / (s.Maximum - s.Minimum));
}

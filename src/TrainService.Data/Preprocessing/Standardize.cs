using TrainService.Data.Descriptions;
using TrainService.Data.Storage;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.Data.Preprocessing;

/// <summary>y = (x - mean) / standard deviation, both of the training rows. A number that never varies becomes 0.</summary>
public sealed class Standardize(string per) : Preprocessor
{
    public static ComponentDescriptor Descriptor { get; } = new ComponentDescriptor<Preprocessor>("standardize", a => new Standardize(a.Text("per")))
    {
        KerasName = "Normalization",
        Aliases = ["normalization", "standard"],
        Summary = "y = (x - mean) / standard deviation, both taken over the training rows; indicators of categories stay 0 and 1.",
        Advice = "For tables nearly always, and for SELU always: columns of different scales train slowly or not at all.",
        Source = "Keras, Normalization",
        Arguments = [Spread.Argument],
    };

    public override string Name => "standardize";

    public override FittedStep Fit(RowSource training, IReadOnlyList<int> shape, ReadOnlySpan<bool> numeric)
    {
        if (StatisticsPass.Of(training) is not { } found) throw new InvalidOperationException("There are no rows to fit on.");
        if (!Spread.IsPerFeature(per, shape)) return new(Name, [(float)found.All.Mean], [Factor(found.All)], [0]);
        ValueStatistics[] each = found.Each;
        return new(Name, Spread.Where(numeric, i => each[i].Mean, 0), Spread.Where(numeric, i => Factor(each[i]), 1), [0]);
    }

    // Rounding alone gives constants far from zero a spread of a few units in their last place.
    private static float Factor(ValueStatistics s) => s.Maximum == s.Minimum ? 1 : (float)(1 / s.StandardDeviation);
}

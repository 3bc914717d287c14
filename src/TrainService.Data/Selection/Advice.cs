using TrainService.Data.Descriptions;
using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;
using TrainService.Specification;

namespace TrainService.Data.Selection;

/// <summary>What is legal but known to train badly.</summary>
internal static class Advice
{
    private const string Root = Selector.Root;

    // Beyond this the largest column drowns the others in the first weighted sum.
    private const double WideRange = 10;

    public static IReadOnlyList<SpecWarning> For(Selected selected, DatasetRequest request, IReadOnlyList<Preprocessor> steps)
    {
        List<SpecWarning> warnings = [];
        for (int i = 0; i < request.Preprocess.Count; i++)
            if (selected.Dataset.Scale < 1 && request.Preprocess[i] is { Descriptor.Name: "rescale" } rescale
                && Math.Abs(rescale.Arguments.Number("scale")) <= 1.0 / 64)
                warnings.Add(new($"{Root}/preprocess/{i}", "scaled_twice",
                    $"The bytes of '{selected.Dataset.Name}' are in [0, 1] already when they get here.", "Leave the step out."));
        if (request.ValidationSplit is not null && selected.Dataset.Counts.Validation is { } rows)
            warnings.Add(new($"{Root}/validation_split", "unused_rows",
                $"'{selected.Dataset.Name}' has {rows:N0} validation rows of its own, which this leaves unused.", "Leave validation_split out."));
        if (selected.Features is { } features && !steps.Any(s => s is Standardize or MinMax) && Unscaled(features) is { } column)
            warnings.Add(new($"{Root}/preprocess", "unscaled_features",
                $"The columns lie in very different ranges; '{JsonWords.Short(column)}' is the furthest from mean 0 and standard deviation 1.",
                "Add \"standardize\" to preprocess."));
        return warnings;
    }

    private static string? Unscaled(ColumnDescription[] features)
    {
        ColumnDescription? worst = features.Where(f => f.Statistics is not null).MaxBy(Distance);
        return worst is not null && Distance(worst) > WideRange ? worst.Name : null;
    }

    private static double Distance(ColumnDescription column)
        => Math.Max(Math.Abs(column.Statistics!.Mean),
            Math.Max(column.Statistics.StandardDeviation, column.Statistics.StandardDeviation > 0 ? 1 / column.Statistics.StandardDeviation : 0));
}

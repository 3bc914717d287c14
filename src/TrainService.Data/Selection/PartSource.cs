using TrainService.Data.Descriptions;
using TrainService.Data.Rows;
using TrainService.Data.Storage;
using TrainService.Tensors;

namespace TrainService.Data.Selection;

/// <summary>Where the rows of a part come from: the dataset itself, or another one to validate on.</summary>
/// <param name="Selected">What the network is to see.</param>
/// <param name="Dataset">Whose rows they are.</param>
/// <param name="Renumbering">From that dataset's classes to the selected ones; -1 leaves the row out. Null: they are the same.</param>
internal sealed record PartSource(Selected Selected, DatasetDescription Dataset, int[]? Renumbering)
{
    /// <summary>All rows of <paramref name="split"/>; those of classes that were not selected have the target -1.</summary>
    public Split Of(Split split) => new(Inputs(split), Targets(split), split.SampleWeights);

    private RowSource Inputs(Split split) => Selected.Features is { } features
        ? new TableRows(split.Inputs, [.. features.Select(f => ColumnMatch.Of(f, Dataset.Columns!))])
        : split.Inputs;

    private RowSource Targets(Split split)
    {
        if (Selected.Target.Kind == TargetKind.Inputs) return Inputs(split);
        RowSource targets = Dataset.Columns is { } columns ? StoredDataset.LabelsOf(split.Inputs, columns, Selected.Target) : split.Targets;
        return Renumbering is { } numbers ? new RenumberedRows(targets, numbers) : targets;
    }
}

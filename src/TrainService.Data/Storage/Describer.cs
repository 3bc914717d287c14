using TrainService.Data.Descriptions;

namespace TrainService.Data.Storage;

/// <summary>Fills a new dataset's description with what its rows say.</summary>
internal static class Describer
{
    public static DatasetDescription WithStatistics(Dataset dataset)
    {
        DatasetDescription d = dataset.Description;
        ClassCounts? classes = d.Target is { Kind: TargetKind.Class, ClassNames: { } names }
            ? new(StatisticsPass.ClassCounts(dataset.Train.Targets, names.Count),
                dataset.Validation is { } v ? StatisticsPass.ClassCounts(v.Targets, names.Count) : null,
                dataset.Test is { } t ? StatisticsPass.ClassCounts(t.Targets, names.Count) : null)
            : null;
        bool measured = d.Target.Kind is not (TargetKind.Class or TargetKind.Inputs);
        ValueStatistics? targets = measured ? StatisticsPass.Of(dataset.Train.Targets)?.All : null;
        TargetColumn[]? targetColumns = !measured || d.Columns is not null || d.Target.Length > StatisticsPass.MaxFeatures ? null
            : StatisticsPass.TargetColumns([.. new[] { dataset.Train, dataset.Validation, dataset.Test }.Where(s => s is not null).Select(s => s!.Targets)], d.Target.Length);
        if (d is { Kind: DatasetKind.Images, StoredType: "uint8", InputShape.Count: 3 } && d.Scale > 0)
        {
            (ValueStatistics All, ValueStatistics[] Channels)? pictures = PictureStatistics.Of(dataset.Train.Inputs, d.InputShape[2], d.Scale);
            return d with { Statistics = new() { Inputs = pictures?.All, Channels = pictures?.Channels, Targets = targets, TargetColumns = targetColumns, ClassCounts = classes } };
        }

        (ValueStatistics All, ValueStatistics[] Each)? inputs = StatisticsPass.Of(dataset.Train.Inputs);

        if (d.Columns is { } columns)
            return d with { Columns = Columns(dataset, columns, inputs?.Each), Statistics = new() { Targets = targets, ClassCounts = classes } };
        bool each = d.InputShape.Count == 1 && d.InputShape[0] <= StatisticsPass.MaxFeatures;
        return d with
        {
            Statistics = new()
            {
                Inputs = inputs?.All, Features = each ? inputs?.Each : null, Targets = targets, TargetColumns = targetColumns, ClassCounts = classes
            }
        };
    }

    private static ColumnDescription[] Columns(Dataset dataset, IReadOnlyList<ColumnDescription> columns, ValueStatistics[]? statistics)
    {
        int[]?[] train = StatisticsPass.ColumnCounts(dataset.Train.Inputs, columns);
        int[]?[]? validation = dataset.Validation is { } v ? StatisticsPass.ColumnCounts(v.Inputs, columns) : null;
        int[]?[]? test = dataset.Test is { } t ? StatisticsPass.ColumnCounts(t.Inputs, columns) : null;
        return
        [
            .. columns.Select((column, i) => column with
            {
                Statistics = column.Type == ColumnType.Numeric ? statistics?[i] : null,
                Counts = train[i] is { } counts ? new(counts, validation?[i], test?[i]) : null,
            }),
        ];
    }
}

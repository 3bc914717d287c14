using TrainService.Contracts.Datasets;
using TrainService.Data.Descriptions;

namespace TrainService.Api.Datasets;

/// <summary>From the library's description to what goes over the wire.</summary>
internal static class DatasetMapping
{
    public static DatasetResource ToResource(this DatasetDescription d) => new()
    {
        Id = d.Id,
        Name = d.Name,
        Kind = Word(d.Kind),
        BuiltIn = d.BuiltIn,
        Summary = d.Summary,
        InputShape = d.InputShape,
        Inputs = ToResource(d.Inputs),
        StoredType = d.StoredType,
        Scale = d.Scale,
        Target = new(Word(d.Target.Kind), d.Target.Shape, d.Target.ClassNames, d.Target.Columns, ToResource(d.Target.Parts)),
        Counts = new(d.Counts.Train, d.Counts.Validation, d.Counts.Test),
        Columns = d.Columns is null ? null : [.. d.Columns.Select(c => new DatasetColumnResource(c.Name, Word(c.Type), c.Categories, c.Missing, c.Statistics.ToResource()))],
        Features = d.Features,
        Statistics = d.Statistics is { } s ? new(s.Inputs.ToResource(), s.Targets.ToResource(), s.ClassCounts?.Train, s.Channels is null ? null : [.. s.Channels.Select(c => c.ToResource()!)]) : null,
        Pictures = d.Pictures is { } p ? new(p.SmallestHeight, p.SmallestWidth, p.LargestHeight, p.LargestWidth) : null,
        SkippedFiles = d.SkippedFiles is null ? null : [.. d.SkippedFiles.Select(f => new SkippedFileResource(f.File, f.Reason))],
        SkippedFileCount = d.SkippedFileCount > 0 ? d.SkippedFileCount : null,
        Licence = d.Licence,
        Source = d.Source,
        CreatedAt = d.CreatedAt,
        Bytes = d.Bytes,
        Links = new($"/datasets/{d.Name}", $"/datasets/{d.Name}/preview"),
    };

    private static ValueStatisticsResource? ToResource(this ValueStatistics? s) => s is null ? null : new(s.Minimum, s.Maximum, s.Mean, s.StandardDeviation);

    private static DatasetPartResource[]? ToResource(IReadOnlyList<NamedPart>? parts) => parts is null ? null : [.. parts.Select(p => new DatasetPartResource(p.Name, p.Shape))];

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}

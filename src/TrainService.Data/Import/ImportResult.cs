using TrainService.Data.Descriptions;

namespace TrainService.Data.Import;

/// <summary>One file of an upload. Read once, from where the stream stands.</summary>
public sealed record UploadedFile(string FileName, Stream Content);

/// <summary>One thing wrong with an upload.</summary>
/// <param name="Code">Stable machine word: <c>name_taken</c>, <c>invalid_name</c>, <c>too_large</c>, <c>not_a_number</c>, <c>missing_value</c>,
/// <c>wrong_columns</c> …</param>
/// <param name="Detail">A sentence for people.</param>
/// <param name="File">The file's name.</param>
/// <param name="Row">Line of a CSV or JSON Lines file (from 1, the header counts), or row of an array (from 0).</param>
/// <param name="Column">The column's, array's or option's name.</param>
public sealed record ImportError(string Code, string Detail, string? File = null, long? Row = null, string? Column = null);

/// <summary>The dataset, or what kept it from becoming one. Nothing is stored when there is an error.</summary>
/// <param name="Errors">The first ones, up to <see cref="DatasetLimits.MaxErrors"/>.</param>
/// <param name="ErrorCount">How many there are in all.</param>
public sealed record ImportResult(DatasetDescription? Dataset, IReadOnlyList<ImportError> Errors, long ErrorCount)
{
    public bool Ok => Dataset is not null;

    /// <summary>Rows that were left out because a value was missing.</summary>
    public long DroppedRows { get; init; }
}

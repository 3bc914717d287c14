using TrainService.Data.Storage;

namespace TrainService.Data.Import;

/// <summary>What the readers of one upload share.</summary>
/// <param name="Folder">Where the new dataset's files go.</param>
internal sealed record ImportContext(string Folder, ImportOptions Options, DatasetLimits Limits, ImportErrors Errors, StorageBudget Budget,
    CancellationToken Stopping)
{
    /// <summary>Files left out because they could not be read.</summary>
    public ImportErrors Skipped { get; } = new(100);

    /// <summary>Rows left out because a value was missing.</summary>
    public long DroppedRows { get; set; }
}

using TrainService.Data.Descriptions;
using TrainService.Data.Import;
using TrainService.Data.Requests;

namespace TrainService.Data;

/// <summary>All datasets: the built-in ones and those uploaded into one folder. Any number of threads at once; several processes may share the folder.</summary>
public sealed class DatasetLibrary(string root, DatasetLibraryOptions options)
{
    public string Root { get; } = Path.GetFullPath(root);

    public DatasetLibraryOptions Options { get; } = options;

    /// <summary>Every dataset, the built-in ones first, then by name.</summary>
    public Task<IReadOnlyList<DatasetDescription>> ListAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task<DatasetDescription?> FindAsync(string name, CancellationToken ct) => throw new NotSupportedException();

    /// <summary>Opens a dataset; for one that is not there or not readable the errors say so (pointer <c>/dataset/name</c>).</summary>
    public Task<DataResult<Dataset>> OpenAsync(string name, CancellationToken ct) => throw new NotSupportedException();

    /// <summary>What a request would give, for validation. Reads descriptions only.</summary>
    public Task<DataResult<DescribedData>> DescribeAsync(DatasetRequest request, CancellationToken ct) => throw new NotSupportedException();

    /// <summary>Rows ready to train on; the same request and seed always give the same rows in the same order.</summary>
    public Task<DataResult<PreparedData>> PrepareAsync(DatasetRequest request, ulong seed, CancellationToken ct) => throw new NotSupportedException();

    /// <summary>Takes an upload in: to disk under a temporary name, checked, then there at once and for good, or not at all.</summary>
    public Task<ImportResult> ImportAsync(string name, IReadOnlyList<UploadedFile> files, ImportOptions importOptions, CancellationToken ct) => throw new NotSupportedException();

    /// <summary>False when there is no uploaded dataset of that name. Rows already in use stay readable.</summary>
    public Task<bool> DeleteAsync(string name, CancellationToken ct) => throw new NotSupportedException();
}

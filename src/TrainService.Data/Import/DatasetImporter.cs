using TrainService.Data.Descriptions;
using TrainService.Data.Storage;

namespace TrainService.Data.Import;

/// <summary>Takes one upload in: into a folder of its own beside the library's, checked there, then renamed to its place.</summary>
internal sealed class DatasetImporter(DatasetFolder folder, DatasetLibraryOptions options)
{
    public async Task<ImportResult> ImportAsync(string name, IReadOnlyList<UploadedFile> files, ImportOptions importOptions,
        Func<string, bool> isTaken, CancellationToken ct)
    {
        var errors = new ImportErrors(options.Limits.MaxErrors);
        CheckRequest(name, files, isTaken, errors);
        if (errors.Any) return Failed(errors);
        string staging = folder.MakeStaging();
        List<StagedFile> staged = [];
        try
        {
            if (!await StageAsync(files, staging, staged, errors, ct)) return Failed(errors);
            // Parsing computes and reads for as long as the upload is large: not on a thread that answers requests.
            return await Task.Run(() => Import(name, staged, importOptions, staging, errors, ct), ct);
        }
        finally
        {
            foreach (StagedFile file in staged) file.Dispose();
            DatasetFolder.Remove(staging);
        }
    }

    private ImportResult Import(string name, List<StagedFile> files, ImportOptions importOptions, string staging, ImportErrors errors,
        CancellationToken ct)
    {
        string content = Directory.CreateDirectory(Path.Combine(staging, "content")).FullName;
        var context = new ImportContext(content, importOptions, options.Limits, errors, new StorageBudget(options.Limits.MaxStoredBytes), ct);
        if (UploadReader.Read(files, Frame(name, importOptions), context) is not { } description) return Failed(errors);
        if (importOptions.ValidationSplit is not null || importOptions.TestSplit is not null)
        {
            if (description.Counts is not { Validation: null, Test: null })
            {
                errors.Add("conflict", "the upload has rows to validate or test on already; validation_split and test_split divide those of a single part", column: "validation_split");
                return Failed(errors);
            }
            string divided = Directory.CreateDirectory(Path.Combine(staging, "divided")).FullName;
            // The undivided files go afterwards: they don't count.
            ImportContext fresh = context with { Budget = new StorageBudget(options.Limits.MaxStoredBytes) };
            if (Divider.Divide(content, divided, description, fresh) is not { } withParts) return Failed(errors);
            (description, content) = (withParts, divided);
        }
        if (context.Skipped.Any)
            description = description with { SkippedFiles = [.. context.Skipped.All.Select(s => new SkippedFile(s.File!, s.Detail))], SkippedFileCount = context.Skipped.Count };
        description = Describer.WithStatistics(StoredDataset.Open(content, description));
        description = description with { Bytes = new DirectoryInfo(content).EnumerateFiles().Sum(f => f.Length) };
        StoredDataset.WriteDescription(content, description);
        if (folder.TryPublish(content, name)) return new ImportResult(description, [], 0) { DroppedRows = context.DroppedRows };
        errors.Add(Taken(name));
        return Failed(errors);
    }

    private DatasetDescription Frame(string name, ImportOptions importOptions) => new()
    {
        // Version 7: by the clock, so that ids sort by time.
        Id = $"ds_{Guid.CreateVersion7(options.Time.GetUtcNow()):n}",
        Name = name,
        Kind = DatasetKind.Arrays,
        BuiltIn = false,
        InputShape = [],
        StoredType = "float32",
        Target = new() { Kind = TargetKind.Number, Shape = [1] },
        Counts = new(0),
        Summary = importOptions.Summary,
        Licence = importOptions.Licence,
        Source = importOptions.Source,
        Owner = importOptions.Owner,
        CreatedAt = options.Time.GetUtcNow(),
    };

    private void CheckRequest(string name, IReadOnlyList<UploadedFile> files, Func<string, bool> isTaken, ImportErrors errors)
    {
        if (!DatasetNames.IsValid(name)) errors.Add("invalid_name", $"'{JsonWords.Short(name)}' is no name for a dataset: {DatasetNames.Rule}");
        else if (isTaken(name)) errors.Add(Taken(name));
        else if (folder.Count() >= options.Limits.MaxDatasets)
            errors.Add("too_many_datasets", $"there are {options.Limits.MaxDatasets:N0} datasets already; delete one first");
        if (files.Count == 0) errors.Add("missing_file", "an upload needs at least one file");
        else if (files.Count > options.Limits.MaxFiles)
            errors.Add("too_many_files", $"an upload may have {options.Limits.MaxFiles} files, this one has {files.Count}");
    }

    private async Task<bool> StageAsync(IReadOnlyList<UploadedFile> files, string staging, List<StagedFile> staged, ImportErrors errors,
        CancellationToken ct)
    {
        long left = options.Limits.MaxUploadBytes;
        foreach (UploadedFile file in files)
        {
            if (await StagedFile.TakeAsync(file, staging, staged.Count, left, ct) is not { } taken)
            {
                errors.Add("too_large", $"the files have more than the {options.Limits.MaxUploadBytes:N0} bytes that an upload may have");
                return false;
            }
            staged.Add(taken);
            left -= taken.Length;
        }
        return true;
    }

    private static ImportError Taken(string name)
        => new("name_taken", $"there is a dataset '{name}' already; datasets are immutable: delete it, or take another name");

    private static ImportResult Failed(ImportErrors errors) => new(null, errors.All, errors.Count);
}

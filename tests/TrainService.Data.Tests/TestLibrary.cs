using System.Text;
using System.Text.Json;
using TrainService.Data.Descriptions;
using TrainService.Data.Fashion;
using TrainService.Data.Import;
using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors;

namespace TrainService.Data.Tests;

/// <summary>A library in a folder of its own, gone at the end.</summary>
internal sealed class TestLibrary : IDisposable
{
    public TestLibrary(DatasetLimits? limits = null, FashionMnistOptions? fashion = null)
        => Library = new(Folder.Path, new DatasetLibraryOptions { Limits = limits ?? new(), FashionMnist = fashion ?? new() { Folders = [] } });

    public TemporaryFolder Folder { get; } = new();

    public DatasetLibrary Library { get; }

    public Task<ImportResult> ImportAsync(string name, ImportOptions? options, params (string Name, byte[] Content)[] files)
        => Library.ImportAsync(name, [.. files.Select(f => new UploadedFile(f.Name, new MemoryStream(f.Content)))], options ?? new(),
            CancellationToken.None);

    public Task<ImportResult> ImportCsvAsync(string name, string csv, ImportOptions? options = null)
        => ImportAsync(name, options, ("data.csv", Encoding.UTF8.GetBytes(csv)));

    /// <summary>The upload must be accepted.</summary>
    public async Task<Dataset> OpenCsvAsync(string csv, ImportOptions? options = null)
    {
        ImportResult result = await ImportCsvAsync("table", csv, options);
        result.Errors.ShouldBeEmpty();
        return await OpenAsync("table");
    }

    public async Task<Dataset> OpenAsync(string name)
    {
        DataResult<Dataset> opened = await Library.OpenAsync(name, CancellationToken.None);
        opened.Errors.ShouldBeEmpty();
        return opened.Value!;
    }

    public async Task<PreparedData> PrepareAsync(string request, ulong seed = 1)
    {
        DataResult<PreparedData> prepared = await Library.PrepareAsync(Request(request), seed, CancellationToken.None);
        prepared.Errors.ShouldBeEmpty();
        DataResult<DescribedData> described = await Library.DescribeAsync(Request(request), CancellationToken.None);
        described.Errors.ShouldBeEmpty();
        Agree(described.Value!, prepared.Value!);
        return prepared.Value!;
    }

    /// <summary>The errors, which validation and preparation must agree on.</summary>
    public async Task<IReadOnlyList<SpecError>> RefusalAsync(string request)
    {
        DataResult<DescribedData> described = await Library.DescribeAsync(Request(request), CancellationToken.None);
        DataResult<PreparedData> prepared = await Library.PrepareAsync(Request(request), 1, CancellationToken.None);
        prepared.Value.ShouldBeNull();
        described.Value.ShouldBeNull();
        described.Errors.ShouldNotBeEmpty();
        prepared.Errors.ShouldBe(described.Errors);
        return described.Errors;
    }

    /// <summary>The dataset object of a job, read as the service reads it.</summary>
    public static DatasetRequest Request(string json)
    {
        var errors = new SpecErrors();
        var reader = new SpecReader(new Vocabulary(Preprocessors.Registry), errors);
        Arguments arguments = reader.ReadObject(JsonSerializer.Deserialize<JsonElement>(json), DatasetRequest.Arguments, "/dataset");
        errors.All.ShouldBeEmpty();
        return DatasetRequest.From(arguments);
    }

    public void Dispose() => Folder.Dispose();

    // What was promised without reading rows must be what comes.
    private static void Agree(DescribedData described, PreparedData prepared)
    {
        described.Counts.ShouldBe(new SplitCounts(prepared.Train.Count, prepared.Validation?.Count, prepared.Test?.Count));
        foreach (Split split in new[] { prepared.Train, prepared.Validation, prepared.Test }.OfType<Split>())
        {
            split.Inputs.RowLength.ShouldBe(described.InputShape.Aggregate(1, (a, b) => a * b));
            split.Targets.RowLength.ShouldBe(described.Target.Length);
            split.Targets.Count.ShouldBe(split.Inputs.Count);
        }
    }
}

internal static class RowExtensions
{
    public static float[] Row(this RowSource source, int row)
    {
        float[] values = new float[source.RowLength];
        source.CopyRow(row, values);
        return values;
    }

    public static float[][] Rows(this RowSource source) => [.. Enumerable.Range(0, source.Count).Select(source.Row)];

    /// <summary>Rows of one number.</summary>
    public static float[] Values(this RowSource source) => [.. source.Rows().Select(row => row.Single())];
}

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("trainservice-data-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

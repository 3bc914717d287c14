using System.Text;
using TrainService.Data.Import;
using TrainService.Data.Requests;
using TrainService.Formats;

namespace TrainService.Data.Tests.Import;

public sealed class DatasetImporterTests : IDisposable
{
    private const string Csv = "x,y\n1,a\n2,b\n";
    private readonly TestLibrary _library = new();

    public void Dispose() => _library.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("../up")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("end.")]
    [InlineData("ümlaut")]
    [InlineData("a\0b")]
    [InlineData("a23456789-123456789-123456789-123456789-123456789-123456789-12345")]
    public async Task Names_that_could_be_paths_are_refused(string name)
        => (await _library.ImportCsvAsync(name, Csv)).Errors.ShouldHaveSingleItem().Code.ShouldBe("invalid_name");

    [Theory]
    [InlineData("fashion-mnist")]
    [InlineData("Blobs")]
    [InlineData("mine")]
    [InlineData("MINE")]
    public async Task A_name_is_taken_once_and_for_good(string name)
    {
        (await _library.ImportCsvAsync("mine", Csv)).Ok.ShouldBeTrue();
        (await _library.ImportCsvAsync(name, Csv)).Errors.ShouldHaveSingleItem().Code.ShouldBe("name_taken");
    }

    [Fact]
    public async Task Of_many_uploads_under_one_name_one_wins()
    {
        ImportResult[] results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _library.ImportCsvAsync("race", Csv)));
        results.Count(r => r.Ok).ShouldBe(1);
        results.Where(r => !r.Ok).ShouldAllBe(r => r.Errors[0].Code == "name_taken");
        (await _library.OpenAsync("race")).Train.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_upload_beyond_the_limit_is_refused_wherever_it_comes_from()
    {
        using var library = new TestLibrary(new DatasetLimits { MaxUploadBytes = 10 });
        (await library.ImportCsvAsync("large", Csv)).Errors.ShouldHaveSingleItem().Code.ShouldBe("too_large");
        ImportResult streamed = await library.Library.ImportAsync("large", [new("data.csv", new EndlessStream())], new(), CancellationToken.None);
        streamed.Errors.ShouldHaveSingleItem().Code.ShouldBe("too_large");
        Directory.EnumerateFileSystemEntries(Path.Combine(library.Folder.Path, ".staging")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stream_that_cannot_go_back_is_read_too()
    {
        using var forward = new PrefixedStream(Encoding.UTF8.GetBytes(Csv), Stream.Null);
        ImportResult result = await _library.Library.ImportAsync("forward", [new("data.csv", forward)], new(), CancellationToken.None);
        result.Errors.ShouldBeEmpty();
        (await _library.OpenAsync("forward")).Train.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(new byte[] { }, "empty")]
    [InlineData(new byte[] { (byte)'P', (byte)'A', (byte)'R', (byte)'1' }, "Parquet")]
    [InlineData(new byte[] { 0x89, (byte)'H', (byte)'D', (byte)'F' }, "HDF5")]
    [InlineData(new byte[] { 0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y' }, "savez")]
    [InlineData(new byte[] { (byte)'[', (byte)'{' }, "JSON Lines")]
    [InlineData(new byte[] { 1, 0, 2, 0 }, "no text")]
    public async Task Files_of_other_kinds_are_refused_by_name(byte[] content, string reason)
    {
        ImportResult result = await _library.ImportAsync("other", null, ("file", content));
        result.Errors.ShouldHaveSingleItem().Code.ShouldBe("unknown_format");
        result.Errors[0].Detail.ShouldContain(reason);
    }

    [Fact]
    public async Task A_cancelled_upload_leaves_nothing()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(()
            => _library.Library.ImportAsync("gone", [new("d.csv", new EndlessStream())], new(), source.Token));
        Directory.EnumerateFileSystemEntries(Path.Combine(_library.Folder.Path, ".staging")).ShouldBeEmpty();
        (await _library.Library.FindAsync("gone", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_damaged_folder_is_an_error_and_not_wrong_rows()
    {
        (await _library.ImportCsvAsync("mine", Csv)).Ok.ShouldBeTrue();
        string inputs = Path.Combine(_library.Folder.Path, "mine", "train.inputs");
        await File.WriteAllBytesAsync(inputs, (await File.ReadAllBytesAsync(inputs))[..^4]);
        DataResult<Dataset> cut = await _library.Library.OpenAsync("mine", CancellationToken.None);
        cut.Errors.ShouldHaveSingleItem().Code.ShouldBe("damaged");
        await File.WriteAllTextAsync(Path.Combine(_library.Folder.Path, "mine", "dataset.json"), "{\"format\":1");
        (await _library.Library.OpenAsync("mine", CancellationToken.None)).Errors.ShouldHaveSingleItem().Code.ShouldBe("damaged");
        (await _library.Library.ListAsync(CancellationToken.None)).ShouldNotContain(d => d.Name == "mine");
    }

    /// <summary>A body without an end.</summary>
    private sealed class EndlessStream : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)'1');
            return buffer.Length;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(Read(buffer.Span));
        }
    }
}

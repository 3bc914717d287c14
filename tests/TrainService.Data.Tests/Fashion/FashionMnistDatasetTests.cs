using TrainService.Data.Descriptions;
using TrainService.Data.Fashion;
using TrainService.Data.Requests;
using TrainService.Data.Storage;

namespace TrainService.Data.Tests.Fashion;

public sealed class FashionMnistDatasetTests : IDisposable
{
    private readonly TestLibrary _library = new(fashion: new());

    public void Dispose() => _library.Dispose();

    [FashionMnistFact]
    public async Task What_is_said_of_it_beforehand_is_true()
    {
        Dataset dataset = await _library.OpenAsync("fashion-mnist");
        DatasetStatistics found = Describer.WithStatistics(dataset).Statistics!, said = dataset.Description.Statistics!;
        found.Inputs!.Mean.ShouldBe(said.Inputs!.Mean, 1e-7);
        found.Inputs.StandardDeviation.ShouldBe(said.Inputs.StandardDeviation, 1e-7);
        (found.Inputs.Minimum, found.Inputs.Maximum).ShouldBe((0, 1));
        found.ClassCounts!.Train.ShouldBe(said.ClassCounts!.Train);
        found.ClassCounts.Test.ShouldBe(said.ClassCounts.Test);
        // The first training picture is an ankle boot.
        dataset.Train.Targets.Row(0).ShouldBe([9]);
        new DirectoryInfo(Path.Combine(_library.Folder.Path, ".built-in", "fashion-mnist")).EnumerateFiles().Where(f => f.Name != "dataset.json")
            .Sum(f => f.Length)
            .ShouldBe(dataset.Description.Bytes);
    }

    [FashionMnistFact]
    public async Task The_example_job_gets_its_rows()
    {
        PreparedData data = await _library.PrepareAsync("""{"name":"fashion-mnist","validation_split":0.1}""");
        (data.Train.Count, data.Validation!.Count, data.Test!.Count).ShouldBe((54_000, 6_000, 10_000));
        data.Validation.Targets.Values().CountBy(l => l).ShouldAllBe(c => c.Value == 600);
        data.InputShape.ShouldBe([28, 28]);
        PreparedData two = await _library.PrepareAsync("""{"name":"fashion-mnist","classes":["Sandal","Shirt"],"limit":200}""");
        two.Train.Targets.Values().CountBy(l => l).ShouldAllBe(c => c.Value == 100);
        two.Test!.Count.ShouldBe(2_000);
    }

    [FashionMnistFact]
    public async Task Processes_that_unpack_it_at_once_get_the_same()
    {
        Dataset[] opened = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
            (await new DatasetLibrary(_library.Folder.Path, new()).OpenAsync("fashion-mnist", CancellationToken.None)).Value!));
        opened.ShouldAllBe(d => d.Train.Count == 60_000);
        Directory.EnumerateDirectories(Path.Combine(_library.Folder.Path, ".built-in")).Select(Path.GetFileName).ShouldBe(["fashion-mnist"]);
    }

    [FashionMnistFact]
    public void A_damaged_file_is_noticed()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, FashionMnistFile.TestLabels.Name);
        byte[] labels = FashionMnistFile.TestLabels.Read(FashionMnistFile.TestLabels.Find(FashionMnistOptions.DebianFolder)!);
        File.WriteAllBytes(path, labels);
        FashionMnistFile.TestLabels.Read(path).ShouldBe(labels);
        labels[5000] ^= 1;
        File.WriteAllBytes(path, labels);
        Should.Throw<InvalidDataException>(() => FashionMnistFile.TestLabels.Read(path));
    }

    [Fact]
    public async Task Files_that_are_no_Fashion_MNIST_are_an_error()
    {
        using var folder = new TemporaryFolder();
        foreach (FashionMnistFile file in FashionMnistFile.All)
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, file.Name + ".gz"), [1, 2, 3]);
        using var library = new TestLibrary(fashion: new() { Folders = [folder.Path] });
        DataResult<Dataset> opened = await library.Library.OpenAsync("fashion-mnist", CancellationToken.None);
        opened.Errors.ShouldHaveSingleItem().Code.ShouldBe("damaged");
        Directory.EnumerateFileSystemEntries(Path.Combine(library.Folder.Path, ".built-in")).ShouldBeEmpty();
    }
}

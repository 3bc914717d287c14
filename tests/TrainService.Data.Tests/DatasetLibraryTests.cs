using TrainService.Data.Descriptions;
using TrainService.Data.Requests;

namespace TrainService.Data.Tests;

public sealed class DatasetLibraryTests : IDisposable
{
    private readonly TestLibrary _library = new();

    public void Dispose() => _library.Dispose();

    [Fact]
    public async Task Built_in_sets_come_first_and_uploads_by_name()
    {
        (await _library.ImportCsvAsync("zebra", "x,y\n1,a\n")).Ok.ShouldBeTrue();
        (await _library.ImportCsvAsync("apple", "x,y\n1,a\n")).Ok.ShouldBeTrue();
        IReadOnlyList<DatasetDescription> all = await _library.Library.ListAsync(CancellationToken.None);
        all.Select(d => d.Name).ShouldBe(["fashion-mnist", "synthetic-fashion", "blobs", "moons", "spirals", "sine", "apple", "zebra"]);
        all.Where(d => d.BuiltIn).Count().ShouldBe(6);
        all.ShouldAllBe(d => d.Id.StartsWith("ds_", StringComparison.Ordinal) && d.Summary != "" && d.InputShape.Count > 0);
    }

    [Fact]
    public async Task What_was_uploaded_is_there_for_another_process()
    {
        (await _library.ImportCsvAsync("mine", "x,y\n1,a\n2,b\n", new() { Licence = "CC0", Summary = "Two rows.", Source = "me" })).Ok.ShouldBeTrue();
        var other = new DatasetLibrary(_library.Folder.Path, new());
        DatasetDescription found = (await other.FindAsync("mine", CancellationToken.None))!;
        found.Licence.ShouldBe("CC0");
        found.Source.ShouldBe("me");
        found.Bytes.ShouldBe(2 * 2 * 4);
        found.CreatedAt.ShouldNotBeNull();
        (await other.OpenAsync("mine", CancellationToken.None)).Value!.Train.Inputs.Rows().ShouldBe([[1, 0], [2, 1]]);
    }

    [Fact]
    public async Task Rows_in_use_outlive_their_dataset()
    {
        (await _library.ImportCsvAsync("mine", "x,y\n1,a\n2,b\n")).Ok.ShouldBeTrue();
        Dataset dataset = await _library.OpenAsync("mine");
        (await _library.Library.DeleteAsync("mine", CancellationToken.None)).ShouldBeTrue();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        dataset.Train.Inputs.Row(1).ShouldBe([2, 1]);
        (await _library.Library.FindAsync("mine", CancellationToken.None)).ShouldBeNull();
        (await _library.Library.DeleteAsync("mine", CancellationToken.None)).ShouldBeFalse();
        (await _library.ImportCsvAsync("mine", "x,y\n5,a\n")).Ok.ShouldBeTrue();
    }

    [Theory]
    [InlineData("blobs")]
    [InlineData("../x")]
    [InlineData(".staging")]
    [InlineData("")]
    public async Task Only_uploads_can_be_deleted(string name) => (await _library.Library.DeleteAsync(name, CancellationToken.None)).ShouldBeFalse();

    [Fact]
    public async Task A_name_that_is_nearly_right_is_put_right()
    {
        DataResult<Dataset> opened = await _library.Library.OpenAsync("blob", CancellationToken.None);
        opened.Errors.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(e => e.Pointer.ShouldBe("/dataset/name"), e => e.Code.ShouldBe("not_found"),
            e => e.DidYouMean.ShouldBe("blobs"));
    }

    [Fact]
    public async Task Without_its_files_Fashion_MNIST_says_what_to_do()
    {
        (await _library.Library.OpenAsync("fashion-mnist", CancellationToken.None)).Errors.ShouldHaveSingleItem()
            .Detail.ShouldContain("dataset-fashion-mnist");
        (await _library.RefusalAsync("{\"name\":\"fashion-mnist\"}"))[0].Code.ShouldBe("not_found");
    }

    [Fact]
    public async Task Drawing_rows_allocates_nothing()
    {
        PreparedData prepared = await _library.PrepareAsync("""{"name":"synthetic-fashion","validation_split":0.1,"classes":[0,1,2],"preprocess":["standardize","one_hot"]}""");
        float[] inputs = new float[784], targets = new float[3];
        void Draw()
        {
            for (int i = 0; i < 100; i++)
            {
                prepared.Train.Inputs.CopyRow(i, inputs);
                prepared.Train.Targets.CopyRow(i, targets);
            }
        }
        Draw();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Draw();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}

using TrainService.Data.Import;
using TrainService.Data.Requests;

namespace TrainService.Data.Tests.Selection;

public sealed class EvaluationTests : IDisposable
{
    private const string First = "age,colour,kind\n10,red,cat\n20,blue,dog\n30,red,cat\n40,blue,dog\n";

    private readonly TestLibrary _library = new();

    public void Dispose() => _library.Dispose();

    [Fact]
    public async Task Rows_of_another_table_are_seen_as_those_trained_on_were()
    {
        await ImportAsync("first", First);
        // Another order of columns and words, one more column, a colour and a kind that were never learned.
        await ImportAsync("second", "kind,extra,colour,age\ndog,1,blue,20\ncat,2,green,30\nbird,3,red,10\ncat,4,red,10\n");
        PreparedData trained = await _library.PrepareAsync("""{"name":"first","preprocess":["standardize"]}""");

        EvaluationRows rows = await PrepareAsync("second", trained);

        rows.Part.ShouldBe(DatasetPart.Train);
        rows.Rows.Targets.Values().ShouldBe([1, 0, 0]);
        rows.Rows.Inputs.Row(0).ShouldBe(trained.Train.Inputs.Row(1));
        rows.Rows.Inputs.Row(2).ShouldBe(trained.Train.Inputs.Row(0));
        rows.Rows.Inputs.Row(1)[0].ShouldBe(trained.Train.Inputs.Row(2)[0]);
        rows.Rows.Inputs.Row(1)[1..].ShouldBe([0, 0]);
    }

    [Fact]
    public async Task Selected_classes_and_class_vectors_stay_what_they_were()
    {
        PreparedData trained = await _library.PrepareAsync("""{"name":"blobs","classes":["right","left"],"preprocess":["one_hot"]}""");

        EvaluationRows rows = await PrepareAsync("blobs", trained);

        rows.Part.ShouldBe(DatasetPart.Test);
        rows.Rows.Count.ShouldBe(trained.Test!.Count);
        rows.Rows.Targets.Rows().ShouldBe(trained.Test.Targets.Rows());
        rows.Rows.Inputs.Rows().ShouldBe(trained.Test.Inputs.Rows());
    }

    [Theory]
    [InlineData("sine", "test", "/dataset/name")]
    [InlineData("nothing", null, "/dataset/name")]
    [InlineData("blobs", "validation", "/part")]
    [InlineData("table", null, "/dataset/name")]
    public async Task What_does_not_fit_is_refused_at_its_place(string name, string? part, string pointer)
    {
        await ImportAsync("table", First);
        PreparedData trained = await _library.PrepareAsync("""{"name":"blobs"}""");

        DataResult<EvaluationRows> refused = await _library.Library.PrepareForAsync(name, trained.Preprocessing, trained.Target,
            part is null ? null : Enum.Parse<DatasetPart>(part, ignoreCase: true), CancellationToken.None);

        refused.Value.ShouldBeNull();
        refused.Errors.ShouldAllBe(e => e.Pointer == pointer);
    }

    private async Task ImportAsync(string name, string csv)
        => (await _library.ImportCsvAsync(name, csv, new ImportOptions { Label = ["kind"] })).Errors.ShouldBeEmpty();

    private async Task<EvaluationRows> PrepareAsync(string name, PreparedData trained)
    {
        DataResult<EvaluationRows> prepared = await _library.Library.PrepareForAsync(name, trained.Preprocessing, trained.Target, null, CancellationToken.None);
        prepared.Errors.ShouldBeEmpty();
        return prepared.Value!;
    }
}

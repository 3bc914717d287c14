using TrainService.Data.Descriptions;
using TrainService.Data.Import;
using TrainService.Data.Requests;
using TrainService.Specification;
using TrainService.Formats;
using TrainService.Formats.Npy;

namespace TrainService.Data.Tests.Selection;

public sealed class PrepareTests : IDisposable
{
    private readonly TestLibrary _library = new();

    public void Dispose() => _library.Dispose();

    [Fact]
    public async Task Everything_is_used_when_nothing_is_asked_for()
    {
        PreparedData data = await _library.PrepareAsync("""{"name":"moons"}""");
        data.Train.Count.ShouldBe(1200);
        data.Validation.ShouldBeNull();
        data.Test!.Count.ShouldBe(300);
        data.InputShape.ShouldBe([2]);
    }

    [Theory]
    [InlineData("stratified")]
    [InlineData("random")]
    [InlineData("tail")]
    public async Task A_split_parts_the_rows_and_keeps_their_order(string split)
    {
        await CountedAsync(100);
        PreparedData data = await _library.PrepareAsync($$"""{"name":"counted","validation_split":0.2,"split":"{{split}}"}""");
        float[] train = [.. data.Train.Inputs.Rows().Select(r => r[0])], validation = [.. data.Validation!.Inputs.Rows().Select(r => r[0])];
        validation.Length.ShouldBe(20);
        train.ShouldBe([.. train.Order()]);
        train.Concat(validation).Order().ShouldBe([.. Enumerable.Range(0, 100).Select(i => (float)i)]);
        if (split == "tail") validation.ShouldBe([.. Enumerable.Range(80, 20).Select(i => (float)i)]);
        else validation.ShouldNotBe([.. Enumerable.Range(80, 20).Select(i => (float)i)]);
        // Classes come 3 to 1 in the data.
        if (split == "stratified") data.Validation.Targets.Values().Count(label => label == 1).ShouldBe(5);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_rows_and_another_one_others()
    {
        await CountedAsync(100);
        const string request = """{"name":"counted","validation_split":0.2,"limit":50}""";
        float[][] first = (await _library.PrepareAsync(request, 7)).Validation!.Inputs.Rows(), again = (await _library.PrepareAsync(request, 7))
            .Validation!.Inputs.Rows();
        again.ShouldBe(first);
        (await _library.PrepareAsync(request, 8)).Validation!.Inputs.Rows().ShouldNotBe(first);
    }

    [Theory]
    // Keras trains on int(n · (1 - f)) rows; in double arithmetic 10 · (1 - 0.9) is below 1.
    [InlineData(22, 0.25, 16)]
    [InlineData(10, 0.3, 7)]
    [InlineData(60, 0.1, 54)]
    public async Task The_tail_is_counted_as_Keras_counts(int rows, double share, int train)
    {
        await CountedAsync(rows);
        PreparedData data = await _library.PrepareAsync(FormattableString.Invariant($$"""{"name":"counted","validation_split":{{share}},"split":"tail"}"""));
        data.Train.Count.ShouldBe(train);
    }

    [Fact]
    public async Task Classes_are_kept_and_renumbered_in_the_order_asked_for()
    {
        PreparedData data = await _library.PrepareAsync("""{"name":"blobs","classes":["right",0]}""");
        data.Target.ClassNames.ShouldBe(["right", "left"]);
        data.Train.Count.ShouldBe(800);
        data.Test!.Count.ShouldBe(200);
        // "left" lies left of zero, "right" right of it, nearly always.
        float[] labels = data.Train.Targets.Values();
        labels.Distinct().Order().ShouldBe([0, 1]);
        labels.Zip(data.Train.Inputs.Rows()).Count(p => p.First == 0 == p.Second[0] > 0).ShouldBeGreaterThan(790);
    }

    [Fact]
    public async Task A_limit_takes_the_same_share_of_every_class()
    {
        PreparedData data = await _library.PrepareAsync("""{"name":"blobs","limit":30,"validation_split":0.2}""");
        (data.Train.Count, data.Validation!.Count).ShouldBe((24, 6));
        data.Train.Targets.Values().CountBy(l => l).ShouldAllBe(c => c.Value == 8);
        await CountedAsync(20);
        (await _library.PrepareAsync("""{"name":"counted","limit":5,"split":"tail"}""")).Train.Inputs.Rows().Select(r => r[0]).ShouldBe([0, 1, 2, 3, 4]);
    }

    [Theory]
    [InlineData("stratified")]
    [InlineData("random")]
    [InlineData("tail")]
    public async Task What_a_limit_takes_is_what_skip_leaves_out(string split)
    {
        await CountedAsync(100);
        foreach (ulong seed in (ulong[])[7, 8])
        {
            float[] limited = await RowsAsync($$"""{"name":"counted","limit":30,"split":"{{split}}"}"""), skipped = await RowsAsync($$"""{"name":"counted","skip":30,"split":"{{split}}"}""");
            limited.Length.ShouldBe(30);
            limited.Concat(skipped).Order().ShouldBe([.. Enumerable.Range(0, 100).Select(i => (float)i)]);
            float[] some = await RowsAsync($$"""{"name":"counted","skip":30,"limit":20,"validation_split":0.25,"split":"{{split}}"}""");
            some.Length.ShouldBe(20);
            some.ShouldBeSubsetOf(skipped);

            // Training and validation rows together.
            async Task<float[]> RowsAsync(string request)
            {
                PreparedData data = await _library.PrepareAsync(request, seed);
                return [.. data.Train.Inputs.Rows().Concat(data.Validation?.Inputs.Rows() ?? []).Select(r => r[0])];
            }
        }
    }

    [Fact]
    public async Task Class_targets_become_vectors()
    {
        PreparedData data = await _library.PrepareAsync("""{"name":"blobs","preprocess":["one_hot"]}""");
        data.Target.Kind.ShouldBe(TargetKind.Vector);
        data.Target.ClassNames!.Count.ShouldBe(3);
        data.Train.Targets.Row(1).ShouldBe([0, 1, 0]);
    }

    [Fact]
    public async Task Words_become_indicators_and_the_label_can_be_another_column()
    {
        (await _library.ImportCsvAsync("cars", "weight,colour,price\n1000,red,9\n1500,blue,20\n1200,red,12\n")).Ok.ShouldBeTrue();
        PreparedData data = await _library.PrepareAsync("""{"name":"cars"}""");
        data.Train.Inputs.Rows().ShouldBe([[1000, 0, 1], [1500, 1, 0], [1200, 0, 1]]);
        PreparedData colours = await _library.PrepareAsync("""{"name":"cars","label":"colour"}""");
        colours.Target.ClassNames.ShouldBe(["blue", "red"]);
        colours.Train.Inputs.Row(1).ShouldBe([1500, 20]);
        colours.Train.Targets.Values().ShouldBe([1, 0, 1]);
        PreparedData few = await _library.PrepareAsync("""{"name":"cars","features":["price","colour"],"label":["weight"]}""");
        few.Train.Inputs.Row(0).ShouldBe([9, 0, 1]);
        few.Train.Targets.Values().ShouldBe([1000, 1500, 1200]);
        PreparedData both = await _library.PrepareAsync("""{"name":"cars","features":["colour"],"label":["weight","price"]}""");
        both.Train.Targets.Row(1).ShouldBe([1500, 20]);
    }

    [Fact]
    public async Task Rows_without_labels_are_predicted_as_the_network_gets_them()
    {
        ImportOptions unlabelled = new() { Target = "none" };
        (await _library.ImportCsvAsync("loose", "a,b,kind\n1,10,x\n3,30,y\n", unlabelled)).Dataset!.Features.ShouldBe(["a", "b", "kind"]);
        PreparedData data = await _library.PrepareAsync("""{"name":"loose","features":["b","a"],"preprocess":["standardize"]}""");
        data.Target.ShouldSatisfyAllConditions(t => t.Kind.ShouldBe(TargetKind.Inputs), t => t.Shape.ShouldBe([2]));
        data.Train.Targets.Rows().ShouldBe([[-1, -1], [1, 1]]);
        // A column may be a label after all.
        (await _library.PrepareAsync("""{"name":"loose","label":["kind"]}""")).Train.Targets.Values().ShouldBe([0, 1]);
        (await _library.ImportCsvAsync("other", "kind,b,a\nx,50,5\ny,60,6\n", unlabelled)).Ok.ShouldBeTrue();
        (await _library.PrepareAsync("""{"name":"loose","validation":"other"}""")).Validation!.Targets.Row(0).ShouldBe([5, 50, 1, 0]);
        (await _library.RefusalAsync("""{"name":"loose","preprocess":["one_hot"],"split":"stratified"}""")).Select(e => e.Pointer).ShouldBe(["/dataset/preprocess/0", "/dataset/split"], ignoreOrder: true);
        (await _library.ImportCsvAsync("both", "a,b\n1,2\n", unlabelled with { Label = ["b"] })).Errors.ShouldHaveSingleItem().Column.ShouldBe("label");
    }

    [Fact]
    public async Task Another_table_is_matched_by_names()
    {
        (await _library.ImportCsvAsync("first", "a,colour,label\n1,red,x\n2,blue,y\n3,green,x\n")).Ok.ShouldBeTrue();
        (await _library.ImportCsvAsync("second", "label,colour,a\ny,violet,7\nx,green,8\n")).Ok.ShouldBeTrue();
        PreparedData data = await _library.PrepareAsync("""{"name":"first","validation":"second"}""");
        // blue, green, red; violet is none of them.
        data.Validation!.Inputs.Rows().ShouldBe([[7, 0, 0, 0], [8, 0, 1, 0]]);
        data.Validation.Targets.Values().ShouldBe([1, 0]);
        (await _library.ImportCsvAsync("third", "label,a\nz,7\nx,8\n")).Ok.ShouldBeTrue();
        IReadOnlyList<SpecError> errors = await _library.RefusalAsync("""{"name":"first","validation":"third"}""");
        errors.ShouldHaveSingleItem().Detail.ShouldContain("no column 'colour'");
        (await _library.RefusalAsync("""{"name":"first","features":["a"],"validation":"third"}""")).ShouldHaveSingleItem().Detail.ShouldContain("class 'z'");
        PreparedData chosen = await _library.PrepareAsync("""{"name":"first","features":["a"],"classes":["x"],"validation":"third"}""");
        chosen.Validation!.Inputs.Values().ShouldBe([8]);
    }

    [Fact]
    public async Task Rows_of_its_own_are_validated_on_by_default()
    {
        await ArraysAsync("both", new NamedArray("x", [2, 2], new float[] { 1, 2, 3, 4 }), new NamedArray("y", [2], new float[] { 1, 2 }),
            new NamedArray("x_val", [1, 2], new float[] { 5, 6 }), new NamedArray("y_val", [1], new float[] { 3 }));
        (await _library.PrepareAsync("""{"name":"both"}""")).Validation!.Targets.Values().ShouldBe([3]);
        PreparedData split = await _library.PrepareAsync("""{"name":"both","validation_split":0.5}""");
        split.Validation!.Count.ShouldBe(1);
        split.Described.Warnings.ShouldHaveSingleItem().Code.ShouldBe("unused_rows");
    }

    [Fact]
    public async Task Sample_weights_stay_with_their_rows()
    {
        float[] counted = [.. Enumerable.Range(0, 20).Select(i => (float)i)];
        await ArraysAsync("weighted", new NamedArray("x", [20, 1], counted), new NamedArray("y", [20], counted),
            new NamedArray("sample_weight", [20], counted));
        PreparedData data = await _library.PrepareAsync("""{"name":"weighted","validation_split":0.5}""");
        data.Train.SampleWeights.ToArray().ShouldBe(data.Train.Inputs.Values());
        data.Validation!.SampleWeights.ToArray().ShouldBe(data.Validation.Inputs.Values());
    }

    [Fact]
    public async Task Everything_wrong_is_said_at_once()
    {
        (await _library.ImportCsvAsync("cars", "weight,colour,price\n1000,red,9.5\n1500,blue,20\n1200,red,12\n")).Ok.ShouldBeTrue();
        IReadOnlyList<SpecError> errors = await _library.RefusalAsync("""
            {"name":"cars","features":["wieght","colour","colour"],"label":"cost","validation":"trucks","validation_split":0.5,"preprocess":["one_hot","one_hot"]}
            """);
        errors.Select(e => (e.Pointer, e.Code, e.DidYouMean)).ShouldBe(
            [
                ("/dataset/features/0", "unknown_name", "weight"), ("/dataset/features/2", "conflict", null),
                    ("/dataset/label/0", "unknown_name", null),
                ("/dataset/validation", "not_found", null), ("/dataset/preprocess", "conflict", null),
                    ("/dataset/validation_split", "conflict", null),
            ],
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("""{"name":"blobs","validation_split":1e-17}""", "/dataset/validation_split", null)]
    [InlineData("""{"name":"blobs","limit":3,"validation_split":0.9}""", "/dataset/validation_split", null)]
    [InlineData("""{"name":"blobs","preprocess":["one_hot","one_hot"]}""", "/dataset/preprocess", null)]
    [InlineData("""{"name":"blobs","classes":["lefd"]}""", "/dataset/classes/0", "left")]
    [InlineData("""{"name":"blobs","classes":[3]}""", "/dataset/classes/0", null)]
    [InlineData("""{"name":"blobs","classes":[-1]}""", "/dataset/classes/0", null)]
    [InlineData("""{"name":"blobs","classes":[0,"left"]}""", "/dataset/classes/1", null)]
    [InlineData("""{"name":"blobs","classes":[]}""", "/dataset/classes", null)]
    [InlineData("""{"name":"blobs","classes":"left"}""", "/dataset/classes", null)]
    [InlineData("""{"name":"blobs","classes":[{}]}""", "/dataset/classes/0", null)]
    [InlineData("""{"name":"sine","classes":[0]}""", "/dataset/classes", null)]
    [InlineData("""{"name":"sine","split":"stratified"}""", "/dataset/split", null)]
    [InlineData("""{"name":"sine","preprocess":["one_hot"]}""", "/dataset/preprocess/0", null)]
    [InlineData("""{"name":"blobs","features":["x"]}""", "/dataset/features", null)]
    [InlineData("""{"name":"blobs","label":"x"}""", "/dataset/label", null)]
    [InlineData("""{"name":"blobs","validation":"sine"}""", "/dataset/validation", null)]
    [InlineData("""{"name":"blobs","validation":"moons"}""", "/dataset/validation", null)]
    [InlineData("""{"name":"blobs","validation":"synthetic-fashion"}""", "/dataset/validation", null)]
    [InlineData("""{"name":"blobs","skip":1200}""", "/dataset/skip", null)]
    [InlineData("""{"name":"moon"}""", "/dataset/name", "moons")]
    public async Task A_request_that_cannot_be_met_says_where(string request, string pointer, string? nearest)
    {
        IReadOnlyList<SpecError> errors = await _library.RefusalAsync(request);
        errors.ShouldContain(e => e.Pointer == pointer && e.DidYouMean == nearest);
    }

    [Fact]
    public async Task What_trains_badly_is_advised_against()
    {
        (await _library.ImportCsvAsync("wide", "a,b,y\n1,1000,x\n2,5000,y\n3,2000,x\n")).Ok.ShouldBeTrue();
        PreparedData wide = await _library.PrepareAsync("""{"name":"wide"}""");
        wide.Described.Warnings.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(w => w.Code.ShouldBe("unscaled_features"), w => w.Detail.ShouldContain("'b'"));
        (await _library.PrepareAsync("""{"name":"wide","preprocess":["standardize"]}""")).Described.Warnings.ShouldBeEmpty();
        PreparedData twice = await _library.PrepareAsync("""{"name":"synthetic-fashion","preprocess":["rescale"]}""");
        twice.Described.Warnings.ShouldHaveSingleItem().Code.ShouldBe("scaled_twice");
    }

    // Column a counts the rows; three in four are of class 0.
    private async Task CountedAsync(int rows)
        => (await _library.ImportCsvAsync("counted",
            "a,label\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i},{(i % 4 == 3 ? "y" : "x")}\n")))).Ok.ShouldBeTrue();

    private async Task ArraysAsync(string name, params NamedArray[] arrays)
    {
        using var stream = new MemoryStream();
        NpzFile.Write(stream, arrays);
        (await _library.ImportAsync(name, null, ("a.npz", stream.ToArray()))).Errors.ShouldBeEmpty();
    }
}

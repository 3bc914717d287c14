using System.IO.Compression;
using System.Text;
using TrainService.Data.Descriptions;
using TrainService.Data.Import;

namespace TrainService.Data.Tests.Import.Tables;

public sealed class TableImportTests : IDisposable
{
    private const string Cars = "weight,colour,doors,price\n1000,red,3,9.5\n1500,blue,5,20\n1200,red,5,12\n900,green,3,7\n";
    private readonly TestLibrary _library = new();

    public void Dispose() => _library.Dispose();

    [Fact]
    public async Task Types_are_inferred_and_rows_kept_as_numbers_and_indices()
    {
        Dataset dataset = await _library.OpenCsvAsync(Cars);
        DatasetDescription d = dataset.Description;
        d.Kind.ShouldBe(DatasetKind.Table);
        d.Columns!.Select(c => c.Type).ShouldBe([ColumnType.Numeric, ColumnType.Categorical, ColumnType.Numeric, ColumnType.Numeric]);
        d.Columns![1].Categories.ShouldBe(["blue", "green", "red"]);
        d.Features.ShouldBe(["weight", "colour", "doors"]);
        d.InputShape.ShouldBe([5]);
        d.Target.Kind.ShouldBe(TargetKind.Number);
        d.Target.Columns.ShouldBe(["price"]);
        dataset.Train.Inputs.Rows().ShouldBe([[1000, 2, 3, 9.5f], [1500, 0, 5, 20], [1200, 2, 5, 12], [900, 1, 3, 7]]);
        dataset.Train.Targets.Values().ShouldBe([9.5f, 20, 12, 7]);
    }

    [Fact]
    public async Task Statistics_are_taken_column_by_column()
    {
        DatasetDescription d = (await _library.OpenCsvAsync(Cars)).Description;
        ValueStatistics weight = d.Columns![0].Statistics!;
        weight.Minimum.ShouldBe(900);
        weight.Maximum.ShouldBe(1500);
        weight.Mean.ShouldBe(1150);
        // √(((150² + 350² + 50² + 250²) / 4))
        weight.StandardDeviation.ShouldBe(Math.Sqrt(52500), 1e-9);
        d.Columns[1].Counts!.Train.ShouldBe([1, 1, 2]);
        d.Statistics!.Targets!.Mean.ShouldBe(12.125);
    }

    [Theory]
    [InlineData("x,label\n1,a\n2,b\n3,a\n", TargetKind.Class, new[] { "a", "b" }, new[] { 0f, 1, 0 })]
    [InlineData("label,x\n7,1\n3,2\n7,1\n3,3\n", TargetKind.Class, new[] { "3", "7" }, new[] { 1f, 0, 1, 0 })]
    [InlineData("x,y\n1,0.5\n2,1\n", TargetKind.Number, null, new[] { 0.5f, 1 })]
    [InlineData("x,y\n1,1\n2,2\n3,3\n", TargetKind.Number, null, new[] { 1f, 2, 3 })]
    [InlineData("x,y\n1,-1\n2,1\n3,1\n4,-1\n", TargetKind.Number, null, new[] { -1f, 1, 1, -1 })]
    public async Task The_label_is_a_class_or_a_number(string csv, TargetKind kind, string[]? names, float[] targets)
    {
        Dataset dataset = await _library.OpenCsvAsync(csv);
        dataset.Description.Target.Kind.ShouldBe(kind);
        dataset.Description.Target.ClassNames.ShouldBe(names);
        dataset.Train.Targets.Values().ShouldBe(targets);
        if (names is not null) dataset.Description.Statistics!.ClassCounts!.Train.ShouldBe([.. names.Select((_, i) => targets.Count(t => t == i))]);
    }

    [Fact]
    public async Task What_the_label_is_can_be_said()
    {
        (await _library.OpenCsvAsync("x,y\n1,-1\n2,1\n", new() { Target = "class" })).Description.Target.ClassNames.ShouldBe(["-1", "1"]);
        ImportResult words = await _library.ImportCsvAsync("words", "x,y\n1,a\n2,b\n", new() { Target = "number" });
        words.Errors.ShouldHaveSingleItem().Code.ShouldBe("wrong_label");
        ImportResult fractions = await _library.ImportCsvAsync("fractions", "x,y\n1,0.5\n2,1\n", new() { Target = "class" });
        fractions.Errors.ShouldHaveSingleItem().Code.ShouldBe("not_a_class");
    }

    [Fact]
    public async Task Columns_can_be_chosen_and_several_labels_make_a_vector()
    {
        Dataset dataset = await _library.OpenCsvAsync(Cars, new() { Features = ["doors"], Label = ["price", "weight"] });
        dataset.Description.InputShape.ShouldBe([1]);
        dataset.Description.Columns!.Select(c => c.Name).ShouldBe(["weight", "doors", "price"]);
        dataset.Train.Targets.Row(1).ShouldBe([20, 1500]);
        dataset.Description.Target.Shape.ShouldBe([2]);
    }

    [Fact]
    public async Task Every_bad_row_is_named_at_once()
    {
        ImportResult result = await _library.ImportCsvAsync("bad", "a,b,label\n1,2,x\nfoo,2,y\n3,,x\n4,5\n5,1e99,\n6,1,x\n");
        result.Ok.ShouldBeFalse();
        result.Errors.Select(e => (e.Row, e.Column, e.Code)).ShouldBe(
            [(5, null, "wrong_columns"), (3, "a", "not_a_number"), (4, "b", "missing_value"), (6, "b", "not_a_number"),
                (6, "label", "missing_value")], ignoreOrder: true);
        result.Errors.ShouldAllBe(e => e.File == "data.csv");
        (await _library.Library.FindAsync("bad", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Errors_are_listed_up_to_a_limit_and_counted_beyond()
    {
        string csv = "a,label\n" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i},x\n"))
            + string.Concat(Enumerable.Repeat("bad,x\n", 500));
        ImportResult result = await _library.ImportCsvAsync("bad", csv);
        result.Errors.Count.ShouldBe(100);
        result.ErrorCount.ShouldBe(500);
    }

    [Fact]
    public async Task Missing_values_are_dropped_or_filled()
    {
        const string csv = "a,b,label\n1,x,u\nNA,x,v\n3,?,u\n5,y,\n2,x,v\n";
        ImportResult dropped = await _library.ImportCsvAsync("dropped", csv, new() { Missing = MissingPolicy.Drop });
        dropped.DroppedRows.ShouldBe(3);
        (await _library.OpenAsync("dropped")).Train.Inputs.Rows().ShouldBe([[1, 0, 0], [2, 0, 1]]);
        ImportResult filled = await _library.ImportCsvAsync("filled", csv, new() { Missing = MissingPolicy.Mean });
        // A label is never made up.
        filled.Errors.ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Row.ShouldBe(5), e => e.Column.ShouldBe("label"));
        Dataset whole = await _library.OpenCsvAsync(csv.Replace("5,y,\n", "5,y,v\n", StringComparison.Ordinal),
            new() { Missing = MissingPolicy.Mean });
        whole.Train.Inputs.Row(1).ShouldBe([2.75f, 0, 1]);
        whole.Train.Inputs.Row(2).ShouldBe([3, 0, 0]);
        whole.Description.Columns![0].FillValue.ShouldBe(2.75);
    }

    [Fact]
    public async Task Mostly_words_make_a_category_mostly_numbers_make_mistakes()
    {
        (await _library.OpenCsvAsync("a,y\nx,1\n7,2\ny,1.5\n")).Description.Columns![0].Categories.ShouldBe(["7", "x", "y"]);
        ImportResult numbers = await _library.ImportCsvAsync("numbers", "a,y\n1,1\n7,2\nx,1.5\n");
        numbers.Errors.ShouldHaveSingleItem().Code.ShouldBe("not_a_number");
        ImportResult asked = await _library.ImportCsvAsync("asked", "a,y\n10,1\n7,2\nx,1.5\n", new() { Categorical = ["a"] });
        asked.Dataset!.Columns![0].Categories.ShouldBe(["10", "7", "x"]);
        ImportResult codes = await _library.ImportCsvAsync("codes", "a,y\n10,1\n7,2\n", new() { Categorical = ["a"] });
        codes.Dataset!.Columns![0].Categories.ShouldBe(["7", "10"]);
    }

    [Theory]
    [InlineData("featurs", "unknown_column")]
    [InlineData("label", "conflict")]
    public async Task Unknown_or_doubled_columns_are_refused(string feature, string code)
    {
        ImportResult result = await _library.ImportCsvAsync("t", "features,label\n1,a\n2,b\n", new() { Features = [feature] });
        result.Errors.ShouldContain(e => e.Code == code && e.Column == "features");
    }

    [Fact]
    public async Task Free_text_is_no_category()
    {
        string csv = "id,y\n" + string.Concat(Enumerable.Range(0, 1200).Select(i => $"name{i},{i}.5\n"));
        ImportResult result = await _library.ImportCsvAsync("t", csv);
        result.Errors.ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Code.ShouldBe("too_many_categories"), e => e.Column.ShouldBe("id"));
    }

    [Fact]
    public async Task Rows_can_be_set_aside_by_class()
    {
        string csv = "x,label\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{i},{(i < 80 ? "a" : "b")}\n"));
        Dataset dataset = await _library.OpenCsvAsync(csv, new() { ValidationSplit = 0.2, TestSplit = 0.1 });
        dataset.Description.Counts.ShouldBe(new SplitCounts(70, 20, 10));
        dataset.Description.Statistics!.ClassCounts!.Validation.ShouldBe([16, 4]);
        dataset.Description.Statistics!.ClassCounts!.Test.ShouldBe([8, 2]);
        float[] all = [.. dataset.Train.Inputs.Rows().Concat(dataset.Validation!.Inputs.Rows()).Concat(dataset.Test!.Inputs.Rows()).Select(r => r[0])
            .Order()];
        all.ShouldBe([.. Enumerable.Range(0, 100).Select(i => (float)i)]);
    }

    [Fact]
    public async Task A_split_that_leaves_nothing_is_refused()
    {
        ImportResult result = await _library.ImportCsvAsync("t", Cars, new() { TestSplit = 0.999 });
        result.Errors.ShouldHaveSingleItem().Code.ShouldBe("out_of_range");
        (await _library.Library.FindAsync("t", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task JSON_Lines_are_a_table_too()
    {
        const string lines = "{\"a\": 1, \"b\": \"x\", \"label\": true}\n\n{\"label\": false, \"a\": 2.5, \"b\": \"y\"}\r\n{\"b\": \"x\", \"a\": 3, \"label\": true}";
        ImportResult result = await _library.ImportAsync("lines", null, ("data.jsonl", Encoding.UTF8.GetBytes(lines)));
        result.Errors.ShouldBeEmpty();
        Dataset dataset = await _library.OpenAsync("lines");
        dataset.Description.Columns!.Select(c => c.Name).ShouldBe(["a", "b", "label"]);
        dataset.Description.Target.ClassNames.ShouldBe(["false", "true"]);
        dataset.Train.Inputs.Rows().ShouldBe([[1, 0, 1], [2.5f, 1, 0], [3, 0, 1]]);
    }

    [Fact]
    public async Task Bad_lines_of_JSON_are_named()
    {
        const string lines = "{\"a\":1,\"y\":1}\n[1]\n{\"a\":[1],\"y\":2}\n{\"a\":2,\"a\":3,\"y\":1}\n{\"a\":\n{\"a\":\"\\ud800\"}\n{\"y\":2}\n{\"a\":5,\"y\":3}\n";
        ImportResult result = await _library.ImportAsync("lines", null, ("data.jsonl", Encoding.UTF8.GetBytes(lines)));
        result.Errors.Select(e => (e.Row, e.Code))
            .ShouldBe([(2, "not_an_object"), (3, "nested_value"), (4, "duplicate_key"), (5, "bad_json"), (6, "bad_json"), (7, "missing_value")]);
    }

    [Fact]
    public async Task A_packed_table_is_unpacked_within_its_limit()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(Cars));
        (await _library.ImportAsync("packed", null, ("cars.csv.gz", packed.ToArray()))).Ok.ShouldBeTrue();
        using var small = new TestLibrary(new DatasetLimits { MaxStoredBytes = 50 });
        (await small.ImportAsync("packed", null, ("cars.csv.gz", packed.ToArray()))).Errors.ShouldHaveSingleItem().Code.ShouldBe("too_large");
    }

    [Fact]
    public async Task Iris_as_scikit_learn_ships_it_is_read()
    {
        byte[] csv = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Files", "iris.csv"));
        ImportResult result = await _library.ImportAsync("iris", null, ("iris.csv", csv));
        result.Errors.ShouldBeEmpty();
        result.Dataset!.InputShape.ShouldBe([4]);
        result.Dataset.Counts.Train.ShouldBe(150);
        result.Dataset.Statistics!.ClassCounts!.Train.ShouldBe([50, 50, 50]);
        // Mean sepal length of iris, as every description of it says: 5.843.
        result.Dataset.Columns![0].Statistics!.Mean.ShouldBe(5.843, 5e-4);
    }
}

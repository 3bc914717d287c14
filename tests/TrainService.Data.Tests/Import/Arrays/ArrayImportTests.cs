using System.IO.Compression;
using TrainService.Data.Descriptions;
using TrainService.Data.Import;
using TrainService.Formats;
using TrainService.Formats.Npy;

namespace TrainService.Data.Tests.Import.Arrays;

public sealed class ArrayImportTests : IDisposable
{
    private readonly TestLibrary _library = new();

    public void Dispose() => _library.Dispose();

    [Fact]
    public async Task Floats_and_labels_with_all_parts()
    {
        Dataset dataset = await OpenAsync(null, Singles("x", [3, 2], 1, 2, 3, 4, 5, 6), Ints("y", [3], 0, 2, 0), Singles("x_val", [1, 2], 7, 8),
            Ints("y_val", [1], 1),
            Singles("x_test", [1, 2], 9, 10), Ints("y_test", [1], 0), Singles("sample_weight", [3], 1, 0.5f, 2));
        DatasetDescription d = dataset.Description;
        d.Counts.ShouldBe(new SplitCounts(3, 1, 1));
        d.InputShape.ShouldBe([2]);
        d.Target.Kind.ShouldBe(TargetKind.Class);
        d.Target.ClassNames.ShouldBe(["0", "1", "2"]);
        d.Statistics!.ClassCounts!.Train.ShouldBe([2, 0, 1]);
        d.Statistics!.Features![0].Mean.ShouldBe(3);
        dataset.Train.Inputs.Row(2).ShouldBe([5, 6]);
        dataset.Train.Targets.Values().ShouldBe([0, 2, 0]);
        dataset.Train.SampleWeights.ToArray().ShouldBe([1, 0.5f, 2]);
        dataset.Validation!.Inputs.Row(0).ShouldBe([7, 8]);
        dataset.Test!.Targets.Values().ShouldBe([0]);
    }

    [Fact]
    public async Task Bytes_stay_bytes_and_pictures_lie_in_0_to_1()
    {
        Dataset dataset = await OpenAsync(null, new NamedArray("x", ArrayType.UInt8, [2, 2, 2], new byte[] { 0, 51, 102, 255, 1, 2, 3, 4 }),
            Ints("y", [2], 0, 1));
        dataset.Description.Kind.ShouldBe(DatasetKind.Images);
        dataset.Description.StoredType.ShouldBe("uint8");
        dataset.Train.Inputs.Row(0).ShouldBe([0, 0.2f, 0.4f, 1], 1e-7f);
        new FileInfo(Path.Combine(_library.Folder.Path, "a", "train.inputs")).Length.ShouldBe(8);
        Dataset raw = await OpenAsync(new() { Scale = 1 }, new NamedArray("x", ArrayType.UInt8, [1, 2, 2], new byte[] { 0, 51, 102, 255 }),
            Ints("y", [1], 0));
        raw.Train.Inputs.Row(0).ShouldBe([0, 51, 102, 255]);
        Dataset row = await OpenAsync(null, new NamedArray("x", ArrayType.UInt8, [1, 2], new byte[] { 7, 9 }), Ints("y", [1], 0));
        row.Train.Inputs.Row(0).ShouldBe([7, 9]);
    }

    [Fact]
    public async Task Targets_are_classes_numbers_or_vectors_by_type_and_shape()
    {
        NamedArray x = Singles("x", [2, 1], 1, 2);
        (await OpenAsync(null, x, Singles("y", [2], 0.5f, 1))).Description.Target.Kind.ShouldBe(TargetKind.Number);
        Dataset vector = await OpenAsync(null, x, Singles("y", [2, 3], 1, 0, 0, 0, 1, 0));
        vector.Description.Target.Shape.ShouldBe([3]);
        vector.Train.Targets.Row(1).ShouldBe([0, 1, 0]);
        (await OpenAsync(null, x, new NamedArray("y", ArrayType.UInt8, [2, 2], new byte[] { 1, 0, 0, 1 })))
            .Description.Target.Kind.ShouldBe(TargetKind.Vector);
        Dataset signs = await OpenAsync(null, x, new NamedArray("y", ArrayType.Int8, [2, 1], new byte[] { 255, 1 }));
        signs.Description.Target.ClassNames.ShouldBe(["-1", "1"]);
        signs.Train.Targets.Values().ShouldBe([0, 1]);
        (await OpenAsync(null, x, new NamedArray("y", ArrayType.Bool, [2], new byte[] { 0, 1 })))
            .Description.Target.ClassNames.ShouldBe(["false", "true"]);
        (await OpenAsync(new() { Target = "number" }, x, Ints("y", [2], 5, -3))).Train.Targets.Values().ShouldBe([5, -3]);
        (await OpenAsync(new() { Target = "class" }, x, Singles("y", [2], 1, 0))).Description.Target.ClassNames.ShouldBe(["0", "1"]);
        (await OpenAsync(new() { ClassNames = ["cat", "dog"] }, x, Ints("y", [2], 1, 0))).Description.Target.ClassNames.ShouldBe(["cat", "dog"]);
    }

    [Fact]
    public async Task Arrays_that_do_not_fit_together_are_refused_all_at_once()
    {
        ImportResult result = await ImportAsync(null, Singles("x", [3, 2], new float[6]), Ints("y", [2], 0, 1),
            Singles("x_val", [1, 4], new float[4]), Ints("y_val", [1], 0), Singles("sample_weight", [3, 2], new float[6]));
        result.Errors.Select(e => e.Column).ShouldBe(["y", "sample_weight", "x_val"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(new[] { "x", "z" }, "unknown_array")]
    [InlineData(new[] { "x" }, "missing_array")]
    [InlineData(new[] { "x", "y", "x_val" }, "missing_array")]
    public async Task Missing_and_unknown_arrays_are_named(string[] names, string code)
        => (await ImportAsync(null, [.. names.Select(n => Singles(n, [2], 1, 2))])).Errors.ShouldContain(e => e.Code == code);

    [Fact]
    public async Task Rows_without_labels_are_their_own_targets_when_that_is_asked_for()
    {
        ImportOptions unlabelled = new() { Target = "none" };
        (await ImportAsync(unlabelled, Ints("y", [3], 0, 1, 2))).Errors.ShouldHaveSingleItem().Code.ShouldBe("missing_array");
        Dataset dataset = await OpenAsync(unlabelled, Singles("x", [3, 2], 1, 2, 3, 4, 5, 6), Singles("x_val", [1, 2], 7, 8), Ints("y", [3], 0, 1, 2));
        (dataset.Description.Target.Kind, dataset.Description.Target.Length).ShouldBe((TargetKind.Inputs, 2));
        dataset.Description.Statistics!.Targets.ShouldBeNull();
        dataset.Train.Targets.Rows().ShouldBe(dataset.Train.Inputs.Rows());
        dataset.Validation!.Targets.Row(0).ShouldBe([7, 8]);
        Dataset parted = await OpenAsync(new() { Target = "none", ValidationSplit = 0.5 }, Singles("x", [4], 1, 2, 3, 4));
        parted.Description.Counts.ShouldBe(new SplitCounts(2, 2, null));
        parted.Train.Targets.Values().Concat(parted.Validation!.Inputs.Values()).Order().ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task Arrays_for_several_inputs_and_outputs_make_one_row_by_their_names()
    {
        NamedArray[] arrays =
        [
            Singles("x_b", [3, 2, 2], [.. Enumerable.Range(0, 12).Select(i => (float)i)]), new("x_a", ArrayType.UInt8, [3], new byte[] { 7, 8, 255 }),
            Ints("y_kind", [3], 2, 0, 1), Singles("y_size", [3, 2], 0.5f, 1, 1.5f, 2, 2.5f, 3),
            Singles("x_val_b", [1, 2, 2], 1, 2, 3, 4), new("x_val_a", ArrayType.UInt8, [1], new byte[] { 9 }), Ints("y_val_kind", [1], 1), Singles("y_val_size", [1, 2], 5, 6),
            Singles("sample_weight", [3], 1, 2, 3),
        ];
        Dataset dataset = await OpenAsync(null, arrays);

        DatasetDescription d = dataset.Description;
        d.InputShape.ShouldBe([5]);
        d.Inputs.ShouldBe([new NamedPart("a", [1]), new NamedPart("b", [2, 2])]);
        d.Target.Kind.ShouldBe(TargetKind.Vector);
        d.Target.Parts.ShouldBe([new NamedPart("kind", [1]), new NamedPart("size", [2])]);
        dataset.Train.Inputs.Rows().ShouldBe([[7, 0, 1, 2, 3], [8, 4, 5, 6, 7], [255, 8, 9, 10, 11]]);
        dataset.Train.Targets.Rows().ShouldBe([[2, 0.5f, 1], [0, 1.5f, 2], [1, 2.5f, 3]]);
        dataset.Validation!.Inputs.Row(0).ShouldBe([9, 1, 2, 3, 4]);
        // Over all parts: the largest size is in the validation rows.
        d.Statistics!.TargetColumns.ShouldBe([new TargetColumn(0, 2, true), new TargetColumn(0.5, 5, false), new TargetColumn(1, 6, true)]);
    }

    [Fact]
    public async Task Many_rows_of_arrays_side_by_side_keep_their_places()
    {
        const int rows = 200_000;
        Dataset dataset = await OpenAsync(null, Ints("x_p", [rows], [.. Enumerable.Range(0, rows).Select(i => (long)i)]),
            Singles("x_q", [rows, 2], [.. Enumerable.Range(0, 2 * rows).Select(i => i / 2f)]), Singles("y_only", [rows], new float[rows]));
        dataset.Train.Inputs.Row(rows - 1).ShouldBe([rows - 1, rows - 1, rows - 0.5f]);
        dataset.Train.Inputs.Row(131_071).ShouldBe([131_071, 131_071, 131_071.5f]);
        // One array alone is an array like any other.
        dataset.Description.Target.Kind.ShouldBe(TargetKind.Number);
        dataset.Description.Target.Parts.ShouldBeNull();
    }

    [Theory]
    [InlineData("x_b", "wrong_shape", 4)]
    [InlineData("x", "conflict", 3)]
    [InlineData("x_val_a", "missing_array", 3)]
    public async Task Named_arrays_that_do_not_fit_are_errors(string name, string code, int rows)
        => (await ImportAsync(null, Singles("x_a", [3], 1, 2, 3), Singles(name, [rows], new float[rows]), Singles("y", [3], 1, 2, 3))).Errors.ShouldContain(e => e.Code == code && e.Column != null);

    [Fact]
    public async Task What_is_not_finite_is_named_by_its_own_array()
    {
        ImportResult result = await ImportAsync(null, Singles("x_a", [2], 1, 2), Singles("x_b", [2, 2], 1, 2, 3, float.NaN), Singles("y", [2], 1, 2));
        ImportError error = result.Errors.ShouldHaveSingleItem();
        (error.Column, error.Row, error.Detail).ShouldBe(("x_b", 1, "x_b[1, 1] is NaN"));
        (await ImportAsync(null, Singles("x_a", [2], 1, 2), Singles("x_b", [2], 1, 2), Singles("y", [2], 1, 2), Singles("x_val_a", [2], 1, 2), Singles("x_val_c", [2], 1, 2),
            Singles("y_val", [2], 1, 2))).Errors.ShouldContain(e => e.Code == "wrong_shape");
    }

    [Fact]
    public async Task Every_number_must_be_finite()
    {
        ImportResult result = await ImportAsync(null, Singles("x", [3, 2], 1, 2, float.NaN, 4, 5, float.NegativeInfinity), Ints("y", [3], 0, 1, 0),
            Singles("sample_weight", [3], 1, -1, 1));
        result.Errors.Select(e => (e.Row, e.Column, e.Code))
            .ShouldBe([(1, "x", "not_finite"), (2, "x", "not_finite"), (1, "sample_weight", "out_of_range")]);
        result.Errors[0].Detail.ShouldBe("x[1, 0] is NaN");
        ImportResult large = await ImportAsync(null, new NamedArray("x", ArrayType.Float64, [1], BitConverter.GetBytes(1e300)), Ints("y", [1], 0));
        large.Errors.ShouldHaveSingleItem().Detail.ShouldContain("too large for float32");
    }

    [Fact]
    public async Task Classes_are_whole_numbers_and_not_too_many()
    {
        (await ImportAsync(new() { Target = "class" }, Singles("x", [2], 1, 2), Singles("y", [2], 0.5f, 1))).Errors.ShouldHaveSingleItem()
            .Code.ShouldBe("not_a_class");
        (await ImportAsync(null, Singles("x", [2], 1, 2), Ints("y", [2], 5_000_000, 1))).Errors.ShouldHaveSingleItem()
            .Code.ShouldBe("too_many_classes");
        (await ImportAsync(new() { ClassNames = ["one"] }, Singles("x", [2], 1, 2), Ints("y", [2], 0, 1))).Errors.ShouldHaveSingleItem()
            .Code.ShouldBe("wrong_class_names");
    }

    [Fact]
    public async Task Fortran_order_is_turned()
    {
        const string text = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }";
        byte[] x = [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(text),
            .. new float[] { 1, 4, 2, 5, 3, 6 }.SelectMany(BitConverter.GetBytes)];
        using var y = new MemoryStream();
        NpyFile.Write(y, Ints("y", [2], 0, 1));
        using var archive = new MemoryStream();
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
            foreach ((string name, byte[] content) in new[] { ("x.npy", x), ("y.npy", y.ToArray()) })
                using (Stream entry = zip.CreateEntry(name).Open()) entry.Write(content);
        (await _library.ImportAsync("f", null, ("f.npz", archive.ToArray()))).Errors.ShouldBeEmpty();
        (await _library.OpenAsync("f")).Train.Inputs.Rows().ShouldBe([[1, 2, 3], [4, 5, 6]]);
    }

    [Fact]
    public async Task IDX_files_find_their_places_by_name_and_shape()
    {
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 51, 102], labels = [0, 0, 8, 1, 0, 0, 0, 2, 1, 0];
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(images);
        ImportResult result = await _library.ImportAsync("idx", null, ("train-labels-idx1-ubyte", labels),
            ("train-images-idx3-ubyte.gz", packed.ToArray()), ("t10k-images", images), ("t10k-labels", labels));
        result.Errors.ShouldBeEmpty();
        Dataset dataset = await _library.OpenAsync("idx");
        dataset.Description.Counts.ShouldBe(new SplitCounts(2, null, 2));
        dataset.Train.Inputs.Row(1).ShouldBe([0.2f, 0.4f], 1e-7f);
        dataset.Train.Targets.Values().ShouldBe([1, 0]);
        (await _library.ImportAsync("half", null, ("train-images", images))).Errors.ShouldHaveSingleItem().Code.ShouldBe("missing_file");
        (await _library.ImportAsync("half", new() { Target = "none" }, ("train-images", images))).Dataset!.Target.ShouldSatisfyAllConditions(t => t.Kind.ShouldBe(TargetKind.Inputs), t => t.Shape.ShouldBe([1, 2]));
    }

    [Fact]
    public async Task Rows_set_aside_keep_their_targets_and_weights()
    {
        float[] values = [.. Enumerable.Range(0, 40).Select(i => (float)i)];
        Dataset dataset = await OpenAsync(new() { ValidationSplit = 0.25, Seed = 3 }, Singles("x", [40], values), Singles("y", [40], values),
            Singles("sample_weight", [40], values));
        dataset.Validation!.Count.ShouldBe(10);
        dataset.Validation.Inputs.Values().ShouldBe(dataset.Validation.Targets.Values());
        dataset.Validation.SampleWeights.ToArray().ShouldBe(dataset.Validation.Targets.Values());
        dataset.Train.Inputs.Values().Concat(dataset.Validation.Inputs.Values()).Order().ShouldBe(values);
    }

    [Fact]
    public async Task Damaged_archives_are_refused_or_read()
    {
        byte[] file = Npz(Singles("x", [4, 2], 1, 2, 3, 4, 5, 6, 7, 8), Ints("y", [4], 0, 1, 0, 1));
        int refused = 0;
        for (int seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            byte[] damaged = [.. file];
            for (int times = random.Next(1, 6); times > 0; times--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) damaged = damaged[..random.Next(damaged.Length)];
            ImportResult result = await _library.ImportAsync("t", null, ("t.npz", damaged));
            if (result.Ok) (await _library.Library.DeleteAsync("t", CancellationToken.None)).ShouldBeTrue();
            else refused++;
        }
        refused.ShouldBeGreaterThan(500);
    }

    private async Task<Dataset> OpenAsync(ImportOptions? options, params NamedArray[] arrays)
    {
        await _library.Library.DeleteAsync("a", CancellationToken.None);
        (await ImportAsync(options, arrays)).Errors.ShouldBeEmpty();
        return await _library.OpenAsync("a");
    }

    private Task<ImportResult> ImportAsync(ImportOptions? options, params NamedArray[] arrays)
        => _library.ImportAsync("a", options, ("a.npz", Npz(arrays)));

    private static byte[] Npz(params NamedArray[] arrays)
    {
        using var stream = new MemoryStream();
        NpzFile.Write(stream, arrays, compress: true);
        return stream.ToArray();
    }

    private static NamedArray Singles(string name, long[] shape, params float[] values) => new(name, shape, values);

    private static NamedArray Ints(string name, long[] shape, params long[] values)
        => new(name, ArrayType.Int64, shape, values.SelectMany(BitConverter.GetBytes).ToArray());
}

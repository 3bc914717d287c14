using System.Diagnostics;
using System.IO.Compression;
using TrainService.Data.Descriptions;
using TrainService.Data.Import;
using TrainService.Data.Tests.Pictures;
using TrainService.Formats.Tests;

namespace TrainService.Data.Tests.Import;

public sealed class PictureImporterTests : IDisposable
{
    private static readonly ImportOptions Small = new() { ImageSize = (6, 5) };
    private readonly TestLibrary _library = new();

    public void Dispose() => _library.Dispose();

    [Fact]
    public async Task Folders_are_classes_in_the_order_of_their_names()
    {
        ImportResult result = await ImportAsync(Small, ("zebra/b.png", "rgb.png"), ("ant/a.jpg", "rgb.jpg"), ("zebra/a.PNG", "gray.png"), ("ant/deep/er.jpeg", "cmyk.jpg"), ("ant/notes.txt", "golden.json"));
        result.Errors.ShouldBeEmpty();
        DatasetDescription d = result.Dataset!;
        d.Kind.ShouldBe(DatasetKind.Images);
        d.InputShape.ShouldBe([6, 5, 3]);
        d.Target.ClassNames.ShouldBe(["ant", "zebra"]);
        d.Counts.ShouldBe(new SplitCounts(4));
        d.Pictures.ShouldBe(new PictureSizes { SmallestHeight = 9, SmallestWidth = 13, LargestHeight = 9, LargestWidth = 13 });
        d.Statistics!.Channels!.Count.ShouldBe(3);
        Dataset dataset = await _library.OpenAsync("pictures");
        dataset.Train.Targets.Values().ShouldBe([0, 0, 1, 1]);
        dataset.Train.Inputs.Rows().SelectMany(r => r).ShouldAllBe(v => v >= 0 && v <= 1);
        d.Statistics.Inputs!.Mean.ShouldBe(dataset.Train.Inputs.Rows().SelectMany(r => r).Average(v => (double)v), 1e-6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("all/")]
    public async Task Parts_are_folders_around_classes(string around)
    {
        ImportResult result = await ImportAsync(Small, ($"{around}train/a/1.png", "rgb.png"), ($"{around}train/b/1.png", "gray.png"), ($"{around}val/a/2.png", "rgb.png"), ($"{around}test/b/3.png", "rgb.png"));
        result.Errors.ShouldBeEmpty();
        result.Dataset!.Counts.ShouldBe(new SplitCounts(2, 1, 1));
        result.Dataset.Target.ClassNames.ShouldBe(["a", "b"]);
        Dataset dataset = await _library.OpenAsync("pictures");
        dataset.Validation!.Targets.Values().ShouldBe([0]);
        dataset.Test!.Targets.Values().ShouldBe([1]);
    }

    [Fact]
    public async Task Grayscale_has_one_channel()
        => (await ImportAsync(Small with { Gray = true }, ("a/1.png", "rgb.png"), ("b/1.png", "gray.png"))).Dataset!.InputShape.ShouldBe([6, 5, 1]);

    [Fact]
    public async Task Broken_files_are_named_and_refused_or_left_out()
    {
        (string, string)[] files = [("a/1.png", "rgb.png"), ("a/cut.jpg", "truncated.jpg"), ("b/2.png", "rgb.png"), ("b/text.png", "golden.json")];
        ImportResult refused = await ImportAsync(Small, files);
        refused.Errors.Select(e => (e.Code, e.File)).ShouldBe([("broken_picture", "a/cut.jpg"), ("broken_picture", "b/text.png")]);
        ImportResult taken = await ImportAsync(Small with { Broken = BrokenPolicy.Skip }, files);
        taken.Errors.ShouldBeEmpty();
        taken.Dataset!.Counts.Train.ShouldBe(2);
        taken.Dataset.SkippedFiles!.Select(f => f.File).ShouldBe(["a/cut.jpg", "b/text.png"]);
        taken.Dataset.SkippedFileCount.ShouldBe(2);
    }

    [Fact]
    public async Task A_small_archive_of_huge_files_takes_little_memory()
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 12; i++)
            {
                using Stream entry = zip.CreateEntry($"{(i % 2 == 0 ? "a" : "b")}/{i}.png").Open();
                // Two are larger than any picture, one begins as a picture does, the others don't.
                if (i < 3) entry.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
                for (int m = 0; m < (i < 2 ? 80 : 60); m++) entry.Write(zeros);
            }
        }

        packed.Length.ShouldBeLessThan(1 << 20);
        long before = GC.GetTotalAllocatedBytes();
        ImportResult result = await _library.ImportAsync("pictures", Small, ("p.zip", packed.ToArray()));
        result.Errors.Count.ShouldBe(12);
        result.Errors.Select(e => e.Code).Distinct().ShouldBe(["broken_picture"]);
        result.Errors.Count(e => e.Detail.Contains("neither a JPEG nor a PNG", StringComparison.Ordinal)).ShouldBe(9);
        result.Errors.Count(e => e.Detail.Contains("more than", StringComparison.Ordinal)).ShouldBe(2);
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(400L << 20, "of 760 MB; other tests allocate meanwhile");
    }

    [Theory]
    [InlineData("../a/1.png")]
    [InlineData("/a/1.png")]
    [InlineData("a\\..\\..\\1.png")]
    [InlineData("C:/a/1.png")]
    public async Task Names_that_lead_out_of_the_archive_are_refused(string name)
        => (await ImportAsync(Small, ("a/1.png", "rgb.png"), (name, "rgb.png"))).Errors.ShouldHaveSingleItem().Code.ShouldBe("unsafe_entry");

    [Fact]
    public async Task Links_are_refused()
        => (await _library.ImportAsync("pictures", Small, ("p.zip", Zip([("a/1.png", "rgb.png"), ("a/2.png", "rgb.png")], link: "a/2.png")))).Errors.ShouldHaveSingleItem().Code.ShouldBe("unsafe_entry");

    [Fact]
    public async Task A_picture_outside_any_folder_has_no_class()
        => (await ImportAsync(Small, ("1.png", "rgb.png"), ("a/2.png", "rgb.png"))).Errors.ShouldHaveSingleItem().Code.ShouldBe("no_class");

    [Fact]
    public async Task Pictures_without_labels_may_lie_anywhere()
    {
        DatasetDescription taken = (await ImportAsync(Small with { Target = "none" }, ("1.png", "rgb.png"), ("a/2.png", "rgb.png"), ("a/b/3.png", "gray.png"))).Dataset!;
        (taken.Target.Kind, taken.Counts).ShouldBe((TargetKind.Inputs, new SplitCounts(3)));
        taken.Target.Shape.ShouldBe(taken.InputShape);
        (await _library.OpenAsync("pictures")).Train.Targets.Row(1).ShouldBe((await _library.OpenAsync("pictures")).Train.Inputs.Row(1));
        (await _library.ImportAsync("parts", Small with { Target = "none" }, ("p.zip", Zip([("train/1.png", "rgb.png"), ("test/2.png", "rgb.png")])))).Dataset!.Counts.ShouldBe(new SplitCounts(1, null, 1));
    }

    [Fact]
    public async Task What_would_take_too_much_disk_is_refused()
    {
        using var library = new TestLibrary(new DatasetLimits { MaxStoredBytes = 100 });
        (await library.ImportAsync("pictures", new ImportOptions(), ("p.zip", Zip([("a/1.png", "rgb.png")])))).Errors.ShouldHaveSingleItem().Code.ShouldBe("too_large");
    }

    [Fact]
    public async Task Damaged_archives_are_refused_with_reasons_or_read()
    {
        byte[] whole = Zip([("a/1.png", "gray.png"), ("a/2.jpg", "gray.jpg"), ("b/3.png", "one_bit.png")]);
        int count = Mutations.Count(150), refused = 0;
        double slowest = 0;
        for (int seed = 0; seed < count; seed++)
        {
            byte[] damaged = Mutations.Apply(whole, seed);
            long start = Stopwatch.GetTimestamp();
            ImportResult result = await _library.ImportAsync("pictures", Small with { Broken = (BrokenPolicy)(seed % 2) }, ("pictures.zip", damaged));
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (result.Ok)
            {
                (await _library.Library.DeleteAsync("pictures", CancellationToken.None)).ShouldBeTrue();
                continue;
            }
            refused++;
            result.Errors.ShouldAllBe(e => e.Code.Length > 0 && e.Detail.Length > 0, $"seed {seed}");
        }
        refused.ShouldBeGreaterThan(count / 4);
        Mutations.Report($"archives of pictures: {count} damaged, {refused} refused, slowest {slowest:0.0} ms");
    }

    [Fact]
    public async Task Rows_can_be_set_aside()
    {
        (string, string)[] files = [.. Enumerable.Range(0, 10).SelectMany(i => new[] { ($"a/{i}.png", "rgb.png"), ($"b/{i}.png", "gray.png") })];
        (await ImportAsync(Small with { ValidationSplit = 0.2, TestSplit = 0.1 }, files)).Dataset!.Counts.ShouldBe(new SplitCounts(14, 4, 2));
    }

    private Task<ImportResult> ImportAsync(ImportOptions options, params (string Name, string File)[] files) => _library.ImportAsync("pictures", options, ("pictures.zip", Zip(files)));

    private static byte[] Zip((string Name, string File)[] files, string? link = null)
    {
        MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, string file) in files)
            {
                ZipArchiveEntry entry = archive.CreateEntry(name);
                if (name == link) entry.ExternalAttributes = unchecked((int)0xA1FF0000);
                using Stream content = entry.Open();
                content.Write(PictureDecoderTests.Bytes(file));
            }
        }

        return stream.ToArray();
    }
}

using System.Diagnostics;
using System.Text;
using TrainService.Data.Import;
using TrainService.Data.Import.Tables;
using TrainService.Formats.Tests;

namespace TrainService.Data.Tests.Import.Tables;

public class TableFuzzTests
{
    private static readonly string[] Pieces = ["1", "-2.5e3", "a", "\"", "\"\"", ",", ";", "\n", "\r\n", "\r", " ", "NA", "1e400", "{", "}", "[",
        ":", "\"k\":", "null", "true", "\\u00e9", "\ufeff", "é", "\0"];

    [Theory]
    [InlineData("csv", "a,b,label\n1,x,u\n2.5,y,v\n3,x,u\n4,y,v\n")]
    [InlineData("jsonl", "{\"a\":1,\"b\":\"x\",\"label\":\"u\"}\n{\"a\":2.5,\"b\":\"y\",\"label\":\"v\"}\n{\"a\":3,\"b\":\"x\",\"label\":\"u\"}\n")]
    public async Task Damaged_tables_are_refused_with_reasons_or_read(string format, string table)
    {
        using var library = new TestLibrary(new DatasetLimits { MaxLineLength = 500, MaxColumns = 20 });
        int accepted = 0, refused = 0;
        int count = Mutations.Count(500);
        double slowest = 0;
        for (int seed = 0; seed < count; seed++)
        {
            long start = Stopwatch.GetTimestamp();
            byte[] damaged = Damage(table, seed);
            ImportResult result = await library.ImportAsync("t", new ImportOptions { Format = format, Missing = (MissingPolicy)(seed % 3) },
                ("t", damaged));
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (result.Ok)
            {
                accepted++;
                Dataset dataset = await library.OpenAsync("t");
                dataset.Train.Inputs.Rows().ShouldAllBe(row => row.All(float.IsFinite));
                (await library.Library.DeleteAsync("t", CancellationToken.None)).ShouldBeTrue();
            }
            else
            {
                refused++;
                result.Errors.ShouldAllBe(e => e.Code.Length > 0 && e.Detail.Length > 0, $"seed {seed}");
            }
        }
        accepted.ShouldBeGreaterThan(10);
        refused.ShouldBeGreaterThan(100);
        Mutations.Report($"uploads of {format}: {count} damaged, {refused} refused, slowest {slowest:0.0} ms");
        Directory.EnumerateFileSystemEntries(Path.Combine(library.Folder.Path, ".staging")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rows_without_any_column_are_told()
    {
        using var library = new TestLibrary();
        (await library.ImportAsync("t", new ImportOptions { Format = "jsonl" }, ("t", "{}\n{}\n"u8.ToArray()))).Errors.ShouldHaveSingleItem().Code.ShouldBe("no_columns");
    }

    [Fact]
    public void Damaged_text_never_breaks_a_reader()
    {
        var limits = new DatasetLimits { MaxLineLength = 300, MaxColumns = 10 };
        int rows = 0, count = Mutations.Count(6000);
        double slowest = 0;
        for (int seed = 0; seed < count; seed++)
        {
            long start = Stopwatch.GetTimestamp(), before = GC.GetAllocatedBytesForCurrentThread();
            byte[] csv = Damage("a,b,label\n1,x,u\n\"2.5\",\"y\n\"\"z\",v\n3,x,u\n", seed),
                lines = Damage("{\"a\":1,\"b\":\"x\"}\n{\"a\":2.5,\"b\":null,\"c\":true}\n", seed);
            rows += Read(() => new CsvReader(new MemoryStream(csv), new(), limits)) + Read(()
                => new JsonLinesReader(new MemoryStream(lines), limits));
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(8 << 20, $"damage {seed}");
        }
        rows.ShouldBeGreaterThan(count);
        Mutations.Report($"CSV and JSON Lines: {count} damaged each, slowest pair {slowest:0.0} ms");
    }

    private static int Read(Func<ITableReader> open)
    {
        int rows = 0;
        try
        {
            using ITableReader reader = open();
            var row = new TableRow();
            for (; reader.Read(row); rows++)
                if (row.Problem is null)
                    for (int i = 0; i < row.Count; i++) row[i].Length.ShouldBeLessThanOrEqualTo(300);
        }
        catch (TableException e)
        {
            e.Message.ShouldNotBeEmpty();
        }
        return rows;
    }

    private static byte[] Damage(string table, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder(table);
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(text.Length + 1);
            switch (random.Next(4))
            {
                case 0: text.Insert(at, Pieces[random.Next(Pieces.Length)]); break;
                case 1 when at < text.Length: text.Remove(at, Math.Min(text.Length - at, random.Next(1, 6))); break;
                case 2: text.Insert(at, string.Concat(Enumerable.Repeat(Pieces[random.Next(Pieces.Length)], random.Next(1, 400)))); break;
                default: text.Length = at; break;
            }
        }
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (bytes.Length > 0 && random.Next(4) == 0) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }
}

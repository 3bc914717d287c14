using System.Text;
using FsCheck;
using FsCheck.Fluent;
using TrainService.Data.Import;
using TrainService.Data.Import.Tables;

namespace TrainService.Data.Tests.Import.Tables;

public class CsvReaderTests
{
    [Fact]
    public void Any_table_that_is_written_by_the_rules_reads_back_the_same()
    {
        Gen<string> cell = Gen.Elements("a", "", "1.5", "two words", "a,b", "say \"hi\"", "\"", "line\nbreak", "cr\r\nlf", "ü€😀", ";", "\t")
            .Select(s => s);
        Gen<(string[][] Rows, string NewLine, bool Quote, bool Bom)> tables =
            from columns in Gen.Choose(2, 4)
            from rows in Gen.ArrayOf(Gen.ArrayOf(cell, columns))
            from newLine in Gen.Elements("\n", "\r\n", "\r")
            from quote in Gen.Elements(true, false)
            from bom in Gen.Elements(true, false)
            select (rows, newLine, quote, bom);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Arb.From(tables), t =>
        {
            string[][] rows = [.. t.Rows.Select(r => r.Select(c => t.NewLine == "\r" ? c.Replace("\n", "", StringComparison.Ordinal) : c).ToArray())];
            int columns = rows.Length > 0 ? rows[0].Length : 2;
            string[][] all = [[.. Enumerable.Range(0, columns).Select(i => $"c{i}")], .. rows];
            string text = string.Concat(all.Select(r => string.Join(',', r.Select(c => Cell(c, t.Quote))) + t.NewLine));
            byte[] bytes = [.. t.Bom ? Encoding.UTF8.Preamble.ToArray() : [], .. Encoding.UTF8.GetBytes(text)];
            List<string[]> read = Read(bytes);
            return read.Count == rows.Length && read.Zip(rows).All(p => p.First.SequenceEqual(p.Second));
        }));
    }

    [Theory]
    [InlineData("a;b\n1;2\n")]
    [InlineData("a\tb\n1\t2\n")]
    [InlineData("a|b\n1|2")]
    [InlineData("\"a,,\";b\n1;2")]
    public void The_delimiter_is_found_in_the_first_line(string csv) => Read(Encoding.UTF8.GetBytes(csv)).ShouldHaveSingleItem().ShouldBe(["1", "2"]);

    [Fact]
    public void Lines_are_counted_through_quoted_breaks_and_empty_ones()
    {
        using var reader = new CsvReader(new MemoryStream("a,b\n\n\"x\ny\",2\n3\n4,5\n"u8.ToArray()), new(), new());
        var row = new TableRow();
        List<(long Line, string? Problem)> rows = [];
        while (reader.Read(row)) rows.Add((row.Line, row.Problem?.Code));
        rows.ShouldBe([(3, null), (5, "wrong_columns"), (6, null)]);
    }

    [Fact]
    public void Without_a_header_columns_are_numbered_and_the_first_row_counts()
    {
        using var reader = new CsvReader(new MemoryStream("1,2\n3,4\n"u8.ToArray()), new() { Header = false }, new());
        reader.Columns.ShouldBe(["column_1", "column_2"]);
        var row = new TableRow();
        reader.Read(row).ShouldBeTrue();
        row[0].ToString().ShouldBe("1");
    }

    [Theory]
    [InlineData("", "empty_file")]
    [InlineData("a,a\n1,2", "duplicate_column")]
    [InlineData("a,b\n\"1,2\n3,4\n", "bad_quotes")]
    public void What_cannot_be_read_on_is_refused(string csv, string code)
        => Should.Throw<TableException>(() => Read(Encoding.UTF8.GetBytes(csv))).Code.ShouldBe(code);

    [Fact]
    public void Text_in_another_encoding_is_refused_and_UTF_16_is_read()
    {
        Should.Throw<TableException>(() => Read([.. "a,b\n"u8, 0xE9, (byte)',', (byte)'1'])).Code.ShouldBe("not_utf8");
        Read([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("a,b\nü,2\n")]).ShouldHaveSingleItem().ShouldBe(["ü", "2"]);
    }

    [Fact]
    public void Lines_beyond_the_limit_cost_no_memory()
    {
        var limits = new DatasetLimits { MaxLineLength = 1000 };
        byte[] csv = [.. "a,b\n"u8, .. Encoding.ASCII.GetBytes(new string('x', 5_000_000)), .. ",1\n3,4\n"u8];
        using var reader = new CsvReader(new MemoryStream(csv), new(), limits);
        var row = new TableRow();
        long before = GC.GetAllocatedBytesForCurrentThread();
        reader.Read(row).ShouldBeTrue();
        row.Problem!.Value.Code.ShouldBe("line_too_long");
        reader.Read(row).ShouldBeTrue();
        row[0].ToString().ShouldBe("3");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
        byte[] open = [.. "a,b\n\""u8, .. Encoding.ASCII.GetBytes(new string('x', 5_000_000))];
        Should.Throw<TableException>(() => Read(open, limits)).Code.ShouldBe("line_too_long");
    }

    private static string Cell(string text, bool quote)
        => quote || text.AsSpan().IndexOfAny(",\"\n\r") >= 0 || text.Trim() != text ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;

    private static List<string[]> Read(byte[] csv, DatasetLimits? limits = null)
    {
        using var reader = new CsvReader(new MemoryStream(csv), new ImportOptions(), limits ?? new());
        var row = new TableRow();
        List<string[]> rows = [];
        while (reader.Read(row))
        {
            row.Problem.ShouldBeNull();
            rows.Add([.. Enumerable.Range(0, row.Count).Select(i => row[i].ToString())]);
        }
        return rows;
    }
}

using System.Globalization;
using TrainService.Formats.Hdf5;

namespace TrainService.Formats.Tests.Hdf5;

/// <summary>The reader, on what h5py writes.</summary>
public class Hdf5FileTests
{
    [Theory]
    [InlineData("i1", ArrayType.Int8)]
    [InlineData("i2", ArrayType.Int16)]
    [InlineData("i4", ArrayType.Int32)]
    [InlineData("i8", ArrayType.Int64)]
    [InlineData("u1", ArrayType.UInt8)]
    [InlineData("u2", ArrayType.UInt16)]
    [InlineData("u4", ArrayType.UInt32)]
    [InlineData("u8", ArrayType.UInt64)]
    [InlineData("f2", ArrayType.Float16)]
    [InlineData("f4", ArrayType.Float32)]
    [InlineData("f8", ArrayType.Float64)]
    public void Every_kind_of_number_is_read(string kind, ArrayType type)
    {
        NamedArray array = Hdf5Samples.Open("default.h5").Dataset($"kinds/{kind}")!.Read();
        array.Type.ShouldBe(type);
        array.Shape.ShouldBe([2, 3]);
        if (!kind.StartsWith('u')) array.ToSingles().ShouldBe([-5, -2, 1, 4, 7, 10]);
    }

    [Fact]
    public void Truth_values_are_read_as_their_small_numbers()
        => Hdf5Samples.Open("default.h5").Dataset("kinds/bool")!.Read().ToSingles().ShouldBe([1, 0, 1]);

    [Fact]
    public void Scalars_and_empty_arrays_are_read()
    {
        Hdf5Group root = Hdf5Samples.Open("default.h5");
        NamedArray scalar = root.Dataset("scalar")!.Read();
        scalar.Shape.ShouldBeEmpty();
        scalar.ToSingles().ShouldBe([2.5f]);
        NamedArray empty = root.Dataset("empty")!.Read();
        empty.Shape.ShouldBe([0, 4]);
        empty.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData("default.h5", "chunks/plain", 105)]
    [InlineData("default.h5", "chunks/packed", 105)]
    [InlineData("default.h5", "chunks/many", 160)]
    [InlineData("default.h5", "compact", 4)]
    [InlineData("latest.h5", "a/b/c", 6)]
    [InlineData("latest.h5", "a/one_chunk", 16)]
    [InlineData("latest.h5", "a/packed", 16)]
    public void Every_layout_gives_the_numbers_in_their_order(string file, string path, int count)
        => Hdf5Samples.Open(file).Dataset(path)!.Read().ToSingles().ShouldBe(Enumerable.Range(0, count).Select(i => (3f * i) - 5));

    [Fact]
    public void A_large_group_is_read_through_its_tree()
    {
        Hdf5Group many = Hdf5Samples.Open("default.h5").Group("many")!;
        many.Members.Select(m => m.Name).ShouldBe(Enumerable.Range(0, 40).Select(i => $"array_{i:D3}"));
        many.AllDatasets().Select(d => d.Read().ToSingles()[0]).ShouldBe(Enumerable.Range(0, 40).Select(i => (float)i));
    }

    [Fact]
    public void Texts_are_read_from_the_heap_and_in_place()
    {
        Hdf5Attributes notes = Hdf5Samples.Open("default.h5").Attributes;
        notes.Text("text").ShouldBe("größer");
        notes.Text("bytes").ShouldBe("tensorflow");
        notes.Texts("list").ShouldBe(["a", "bcd", "ef"]);
        notes.Texts("nothing").ShouldBe([]);
        notes.Text("long").ShouldBe(new string('x', 20_000));
        notes.LongTexts("names").ShouldBe(["one", "two", "three"]);
        notes.LongTexts("list").ShouldBe(["a", "bcd", "ef"]);
        notes.Text("absent").ShouldBeNull();
        notes.LongTexts("absent").ShouldBeNull();
        notes.Has("number").ShouldBeTrue();
        Should.Throw<ArrayFormatException>(() => notes.Text("number")).Message.ShouldContain("'number' is a float, not a text");
        Should.Throw<ArrayFormatException>(() => notes.Text("list")).Message.ShouldContain("has 3 texts, not one");
        Hdf5Samples.Open("latest.h5").Attributes.Text("text").ShouldBe("new");
        Hdf5Samples.Open("latest.h5").Group("a")!.Attributes.Texts("list").ShouldBe(["x", "yz"]);
    }

    [Fact]
    public void What_is_not_there_is_null()
    {
        Hdf5Group root = Hdf5Samples.Open("default.h5");
        root.Find("kinds/none").ShouldBeNull();
        root.Find("scalar/none").ShouldBeNull();
        root.Group("scalar").ShouldBeNull();
        root.Dataset("kinds").ShouldBeNull();
        root.Find("").ShouldBeSameAs(root);
    }

    [Theory]
    [InlineData("many_latest.h5", "many members in the newest format")]
    [InlineData("soft.h5", "link by name")]
    [InlineData("external_link.h5", "link by name")]
    [InlineData("external_data.h5", "other files, which are never opened")]
    [InlineData("lzf.h5", "filter 32000 (lzf) is not undone here")]
    [InlineData("circle.h5", "round in a circle")]
    public void What_is_not_read_is_refused_with_its_reason(string file, string reason)
    {
        ArrayFormatException e = Should.Throw<ArrayFormatException>(() => Hdf5Samples.Open(file).AllDatasets().Select(d => d.Read()).ToList());
        e.Message.ShouldContain(reason);
        e.File.ShouldBe(file);
    }

    [Theory]
    [InlineData("never_written.h5", "a", "never written")]
    [InlineData("never_written.h5", "b", "more than the limit")]
    [InlineData("others.h5", "big_endian", "no numbers that are read here")]
    [InlineData("others.h5", "compound", "of the kind compound, of 6 bytes")]
    [InlineData("others.h5", "complex", "of the kind compound")]
    [InlineData("others.h5", "texts", "of the kind text of any length")]
    public void A_dataset_that_is_no_array_of_numbers_is_refused_by_its_path_when_read(string file, string path, string reason)
    {
        ArrayFormatException e = Should.Throw<ArrayFormatException>(() => Hdf5Samples.Open(file).Dataset(path)!.Read());
        e.Array.ShouldBe(path);
        e.Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("", "too short")]
    [InlineData("504b0304504b0304504b0304", "does not begin as one")]
    [InlineData("894844460d0a1a0a", "ends too early")]
    [InlineData("894844460d0a1a0a09", "version 9 is not read")]
    [InlineData("894844460d0a1a0a0200000000000000", "offsets of 0 and lengths of 0 bytes")]
    public void What_is_no_such_file_is_said_to_be_none(string hex, string reason)
        => Should.Throw<ArrayFormatException>(() => Hdf5File.Open(new MemoryStream(Convert.FromHexString(hex)))).Message.ShouldContain(reason);

    [Fact]
    public void A_damaged_block_of_the_newest_format_shows_in_its_check_sum()
    {
        byte[] file = Hdf5Samples.File("latest.h5");
        int header = file.AsSpan().IndexOf("OHDR"u8);
        file[header + 40] ^= 1;
        Should.Throw<ArrayFormatException>(() => Hdf5File.Open(new MemoryStream(file))).Message.ShouldContain("check sum");
    }

    /// <summary>Published values of lookup3's hashlittle with start value 0.</summary>
    [Theory]
    [InlineData("", "deadbeef")]
    [InlineData("Four score and seven years ago", "17770551")]
    public void The_check_sum_is_Jenkins_lookup3(string text, string sum)
        => Checksum.Of(System.Text.Encoding.ASCII.GetBytes(text)).ToString("x8", CultureInfo.InvariantCulture).ShouldBe(sum);
}

using FsCheck.Fluent;
using TrainService.Formats.Hdf5;

namespace TrainService.Formats.Tests.Hdf5;

public class Hdf5WriterTests
{
    [Fact]
    public void What_was_written_is_read_back_bit_for_bit()
    {
        Hdf5Group root = Hdf5File.Open(new MemoryStream(Hdf5Samples.Write(Hdf5Samples.Everything())));
        root.Attributes.Text("model_config").ShouldBe("{\"name\": \"größer\"}");
        root.Attributes.Text("empty").ShouldBe("");
        root.Attributes.Text("long").ShouldBe(new string('x', 70_000));
        root.Attributes.Texts("names").ShouldBe(["one", "two", "drei ü"]);
        root.Attributes.Texts("none").ShouldBe([]);
        root.Attributes.Has("many").ShouldBeFalse();
        root.Attributes.LongTexts("many")!.Count.ShouldBe(3000);
        root.Attributes.LongTexts("many")![2999].ShouldBe("a_rather_long_layer_name_2999/kernel:0");
        foreach (ArrayType type in Enum.GetValues<ArrayType>().Where(t => t != ArrayType.Bool))
            SampleArrays.Same(root.Dataset($"types/{type}")!.Read(), SampleArrays.Make($"types/{type}", type, [3, 5], (int)type)).ShouldBeTrue(type.ToString());
        root.Dataset("types/Bool")!.Read().Bytes.SequenceEqual(SampleArrays.Make("", ArrayType.Bool, [3, 5], 0).Bytes).ShouldBeTrue();
        root.Dataset("scalar")!.Read().ToSingles().ShouldBe([2.5f]);
        root.Dataset("nothing")!.Read().Shape.ShouldBe([0, 4]);
        root.Group("many")!.Members.Count.ShouldBe(600);
        for (int i = 0; i < 600; i++) root.Dataset($"many/array_{i}")!.Read().ToSingles().ShouldBe([i]);
        for (int i = 0; i < 30; i++) root.Group($"groups/g{i}")!.Attributes.Text("name").ShouldBe($"layer_{i}");
        root.Dataset("deep/er/and/deep/er/kernel:0")!.Read().ToSingles().ShouldBe([1, 2, 3, 4]);
        root.Group("empty")!.Members.ShouldBeEmpty();
    }

    [Fact]
    public void The_same_content_gives_the_same_bytes()
        => Hdf5Samples.Write(Hdf5Samples.Everything()).ShouldBe(Hdf5Samples.Write(Hdf5Samples.Everything()));

    [Fact]
    public void Any_arrays_and_texts_survive()
        => SampleArrays.Hold(
            from arrays in SampleArrays.Several(Enum.GetValues<ArrayType>().Where(t => t != ArrayType.Bool))
            from texts in Gen.ArrayOf(Gen.Elements("", "a", "größer", new string('y', 5000), new string('z', 4064), new string('w', 4065)))
            select (arrays, texts), sample =>
            {
                var content = new Hdf5Content();
                for (int i = 0; i < sample.arrays.Length; i++) content.Add($"g{i % 3}/{sample.arrays[i].Name.Replace('/', '|')}", sample.arrays[i]);
                for (int i = 0; i < sample.texts.Length; i++) content.Group($"g{i % 3}").Text($"t{i}", sample.texts[i]);
                Hdf5Group read = Hdf5File.Open(new MemoryStream(Hdf5Samples.Write(content)));
                return sample.arrays.Select((a, i) => read.Dataset($"g{i % 3}/{a.Name.Replace('/', '|')}")!.Read() is var back
                        && back.Type == a.Type && back.Shape.SequenceEqual(a.Shape) && back.Bytes.SequenceEqual(a.Bytes)).All(same => same)
                    && sample.texts.Select((t, i) => read.Group($"g{i % 3}")!.Attributes.Text($"t{i}") == t).All(same => same);
            });

    [Theory]
    [InlineData("a//b")]
    [InlineData("")]
    [InlineData("a/.")]
    [InlineData("a/\0")]
    public void Names_that_no_file_can_hold_are_refused(string path)
    {
        if (path == "a//b") Should.NotThrow(() => new Hdf5Content().Add(path, new NamedArray("a", [], new float[1])));
        else Should.Throw<ArgumentException>(() => new Hdf5Content().Add(path, new NamedArray("a", [], new float[1])));
    }

    [Fact]
    public void A_name_is_taken_once()
    {
        var content = new Hdf5Content();
        content.Add("a/b", new NamedArray("a", [], new float[1]));
        Should.Throw<ArgumentException>(() => content.Add("a/b", new NamedArray("a", [], new float[1])));
        Should.Throw<ArgumentException>(() => content.Group("a/b"));
        Should.Throw<ArgumentException>(() => content.Texts("t", [new string('x', 70_000)]));
    }
}

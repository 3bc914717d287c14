using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using TrainService.Formats.Hdf5;
using TrainService.Formats.Keras;
using TrainService.Formats.Tests.Hdf5;
using TrainService.Formats.Zip;

namespace TrainService.Formats.Tests.Keras;

public class KerasFileTests
{
    private static readonly FormatLimits Limits = new() { MaxBytes = 1 << 20, MaxHeaderBytes = 1 << 18, MaxArrays = 2000 };

    private static KerasModel Model => new(
        JsonNode.Parse("""{"class_name": "Sequential", "config": {"name": "m", "layers": [{"class_name": "Dense", "config": {"name": "a"}}]}}""")!.AsObject(),
        [
            new("Dense", "a", [new("kernel", [2, 3], new float[] { 1, 2, 3, 4, 5, 6 }), new("bias", [3], new float[] { 7, 8, 9 })]),
            new("Dropout", "b", []),
            new("Dense", "c", [new("kernel", [3, 1], new float[] { 1, 0, -1 })]),
        ]);

    [Theory]
    [InlineData("Dense", "dense")]
    [InlineData("Conv2DTranspose", "conv2d_transpose")]
    [InlineData("GlobalAveragePooling2D", "global_average_pooling2d")]
    [InlineData("ReLU", "re_lu")]
    [InlineData("PReLU", "p_re_lu")]
    [InlineData("LeakyReLU", "leaky_re_lu")]
    [InlineData("ELU", "elu")]
    [InlineData("GRUCell", "gru_cell")]
    public void Classes_are_named_as_Keras_names_them(string className, string name) => KerasNames.Snake(className).ShouldBe(name);

    [Fact]
    public void Layers_of_one_class_are_counted()
    {
        var counter = new KerasCounter();
        new[] { "Dense", "Dropout", "Dense", "Dense" }.Select(counter.Next).ShouldBe(["dense", "dropout", "dense_1", "dense_2"]);
    }

    [Fact]
    public void An_archive_is_read_as_it_was_written()
    {
        using var stream = new MemoryStream();
        KerasWriter.WriteArchive(stream, Model);
        KerasFile file = OpenArchive(stream.ToArray());
        file.Layout.ShouldBe(KerasLayout.Numbered);
        file.KerasVersion.ShouldBe(KerasWriter.Version);
        JsonNode.DeepEquals(JsonNode.Parse(file.ModelJson!), Model.Description).ShouldBeTrue();
        file.Groups.Select(g => (g.Path, g.LayerName, g.Tensors.Count)).ShouldBe([("layers/dense", "a", 2), ("layers/dense_1", "c", 1)]);
        file.Groups[0].Tensors[0].Read().ToSingles().ShouldBe([1, 2, 3, 4, 5, 6]);
        file.Groups[0].Tensors[1].Name.ShouldBe("layers/dense/vars/1");
    }

    [Fact]
    public void A_whole_model_of_the_older_form_is_read_as_it_was_written()
    {
        using var stream = new MemoryStream();
        KerasWriter.WriteHdf5(stream, Model);
        stream.Position = 0;
        KerasFile file = KerasFile.OpenHdf5(stream);
        file.Layout.ShouldBe(KerasLayout.Named);
        file.KerasVersion.ShouldBe(KerasWriter.OldVersion);
        file.Groups.Select(g => (g.Path, g.Tensors.Count)).ShouldBe([("a", 2), ("b", 0), ("c", 1)]);
        file.Groups[0].Tensors.Select(t => t.Name).ShouldBe(["a/kernel:0", "a/bias:0"]);
        file.Groups[2].Tensors[0].Read().ToSingles().ShouldBe([1, 0, -1]);
    }

    [Fact]
    public void Vars_of_many_tensors_come_in_the_order_of_their_numbers()
    {
        var many = new KerasModel(Model.Description, [new("Dense", "a", [.. Enumerable.Range(0, 12).Select(i => new NamedArray($"t{i}", [1], new[] { (float)i }))])]);
        using var stream = new MemoryStream();
        KerasWriter.WriteWeights(stream, many);
        stream.Position = 0;
        KerasFile.OpenHdf5(stream).Groups[0].Tensors.Select(t => t.Read().ToSingles()[0]).ShouldBe(Enumerable.Range(0, 12).Select(i => (float)i));
    }

    [Fact]
    public void What_is_none_of_Kerass_says_so()
    {
        var content = new Hdf5Content();
        content.Add("table", new NamedArray("t", [1], new float[1]));
        Should.Throw<ArrayFormatException>(() => KerasFile.OpenHdf5(new MemoryStream(Hdf5Samples.Write(content)), file: "data.h5"))
            .Message.ShouldContain("none that Keras saved: it has neither model_weights, nor layer_names, nor layers. It has: table");
        content = new Hdf5Content();
        content.Group("model_weights").Texts("layer_names", ["gone"]);
        Should.Throw<ArrayFormatException>(() => KerasFile.OpenHdf5(new MemoryStream(Hdf5Samples.Write(content)))).Message.ShouldContain("'gone': the layer is named, but its group is missing");
        content.Group("model_weights/gone").Texts("weight_names", ["gone/kernel:0"]);
        Should.Throw<ArrayFormatException>(() => KerasFile.OpenHdf5(new MemoryStream(Hdf5Samples.Write(content)))).Message.ShouldContain("the tensor is named, but not there");
    }

    [Theory]
    [InlineData("config.json", "{", "the text is no valid JSON")]
    [InlineData("config.json", "\ud800", "the text is no valid JSON")]
    [InlineData("model.weights.h5", "PK", "too short")]
    public void A_broken_part_is_named(string entry, string text, string reason)
    {
        using var stream = new MemoryStream();
        KerasWriter.WriteArchive(stream, Model);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            zip.GetEntry(entry)!.Delete();
            using Stream target = zip.CreateEntry(entry).Open();
            target.Write(Encoding.UTF8.GetBytes(text));
        }
        Should.Throw<ArrayFormatException>(() => OpenArchive(stream.ToArray())).Message.ShouldContain(reason);
    }

    [Fact]
    public void Damaged_archives_are_refused_or_read()
    {
        using var stream = new MemoryStream();
        KerasWriter.WriteArchive(stream, Model);
        Mutations.Fuzz(stream.ToArray(), Mutations.Count(1000), 16 << 20, bytes => ReadAll(OpenArchive(bytes)), ".keras archives");
    }

    /// <summary>The check sums of an archive would notice; so weights are damaged by themselves.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Damaged_weights_are_refused_or_read(bool numbered)
    {
        using var stream = new MemoryStream();
        if (numbered) KerasWriter.WriteWeights(stream, Model);
        else KerasWriter.WriteHdf5(stream, Model);
        byte[] file = stream.ToArray();
        Mutations.Fuzz(file, Mutations.Count(1000), 16 << 20, bytes => ReadAll(KerasFile.OpenHdf5(new MemoryStream(bytes), Limits)), numbered ? "numbered weights" : "named weights");
        var damage = new Hdf5Damage(file);
        int refused = 0, count = Mutations.Count(1000);
        for (int i = 0; i < count; i++)
        {
            try
            {
                ReadAll(KerasFile.OpenHdf5(new MemoryStream(damage.Apply(i)), Limits));
            }
            catch (ArrayFormatException)
            {
                refused++;
            }
        }
        refused.ShouldBeGreaterThan(count / 10);
        Mutations.Report($"{(numbered ? "numbered" : "named")} weights: {count} files with damaged structure, {refused} refused");
    }

    private static KerasFile OpenArchive(byte[] bytes) => KerasFile.OpenArchive(ZipArchiveReader.Open(new MemoryStream(bytes), Limits), Limits);

    private static void ReadAll(KerasFile file)
    {
        foreach (KerasGroup group in file.Groups)
            foreach (KerasTensor tensor in group.Tensors) tensor.Read();
    }
}

using System.Text;
using System.Text.Json.Nodes;
using TrainService.Formats.Keras;
using TrainService.Formats.Tests.Npy;
using TrainService.Formats.Zip;

namespace TrainService.Formats.Tests.Keras;

/// <summary>Models of TensorFlow.js, whole and damaged.</summary>
public class TfjsModelTests
{
    private const string Model = """
        {"format": "layers-model", "modelTopology": {"keras_version": "2.15.0", "backend": "tensorflow",
           "model_config": {"class_name": "Sequential", "config": {"name": "m", "layers": [{"class_name": "Dense", "config": {"name": "a", "units": 3}}, {"class_name": "Dense", "config": {"name": "b", "units": 2}}]}},
           "training_config": {"loss": "mse"}},
         "weightsManifest": [
           {"paths": ["one.bin", "two.bin"], "weights": [{"name": "a/kernel", "shape": [2, 3], "dtype": "float32"}, {"name": "a/bias", "shape": [3], "dtype": "float32"}]},
           {"paths": ["three.bin"], "weights": [{"name": "b/kernel", "shape": [3, 2], "dtype": "float32", "quantization": {"dtype": "uint8", "min": -1, "scale": 0.5}}, {"name": "b/bias", "shape": [2], "dtype": "float32", "quantization": {"dtype": "float16"}}]}]}
        """;

    private const long MostAllocated = 8 << 20;

    private static readonly FormatLimits Limits = new() { MaxBytes = 1 << 20, MaxHeaderBytes = 1 << 16, MaxArrays = 2000 };

    private static readonly JsonDamage Damage = new([.. JsonDamage.Odd, "\"one.bin\"", "\"model.json\"", "\"../one.bin\"", "\"a/kernel\"", "\"float32\"", "\"uint16\"", "\"string\"", "\"complex64\"", "[2147483647, 2147483647, 4]", "[-1, -9]",
        "{\"dtype\": \"uint8\"}", "{\"dtype\": \"uint16\", \"scale\": 1e308, \"min\": -1e308}"]);

    private static byte[] Shard(int count) => [.. Enumerable.Range(0, count).SelectMany(i => BitConverter.GetBytes((float)i))];

    [Fact]
    public void Tensors_go_over_shards_and_packed_ones_are_unpacked()
    {
        KerasFile file = Open(Zip(Model));
        JsonNode.Parse(file.ModelJson!)!["class_name"]!.GetValue<string>().ShouldBe("Sequential");
        NamedArray[] tensors = [.. file.Groups.SelectMany(g => g.Tensors).Select(t => t.Read())];
        tensors.Select(t => t.Name).ShouldBe(["a/kernel", "a/bias", "b/kernel", "b/bias"], ignoreOrder: true);
        tensors.Single(t => t.Name == "a/kernel").ToSingles().ShouldBe([0, 1, 2, 3, 0, 1]);
        tensors.Single(t => t.Name == "a/bias").ToSingles().ShouldBe([2, 3, 4]);
        tensors.Single(t => t.Name == "b/kernel").ToSingles().ShouldBe([-1, -0.5f, 0, 0.5f, 1, 1.5f]);
        tensors.Single(t => t.Name == "b/bias").ToSingles().ShouldBe([1, 2]);
    }

    [Fact]
    public void A_shard_that_is_named_over_and_over_is_counted_each_time()
    {
        string paths = string.Join(", ", Enumerable.Repeat("\"big.bin\"", 5000));
        byte[] zip = NpzReaderTests.Zip(("model.json", Encoding.UTF8.GetBytes(Model.Replace("\"three.bin\"", paths, StringComparison.Ordinal))), ("one.bin", Shard(4)), ("two.bin", Shard(5)), ("big.bin", new byte[1 << 12])).ToArray();
        Should.Throw<ArrayFormatException>(() => Open(zip)).Message.ShouldContain("more than the limit");
    }

    [Fact]
    public void Damaged_archives_are_refused_or_read() => Mutations.Fuzz(Zip(Model), Mutations.Count(1000), MostAllocated, bytes => ReadAll(Open(bytes)), "TF.js archives");

    /// <summary>The archive's check sums would notice; so its parts are damaged before they go in.</summary>
    [Fact]
    public void Damaged_descriptions_and_shards_are_refused_or_read()
        => Mutations.Fuzz(Damaged, Mutations.Count(1000), MostAllocated, bytes => ReadAll(Open(bytes)), "TF.js models");

    private static byte[] Damaged(int seed)
    {
        var random = new Random(seed);
        string model = random.Next(4) == 0 ? Encoding.Latin1.GetString(Mutations.Apply(Encoding.Latin1.GetBytes(Model), seed)) : Damage.Apply(Model, random);
        return Zip(model, random.Next(8) == 0 ? Mutations.Apply(Shard(4), seed) : null);
    }

    private static byte[] Zip(string model, byte[]? first = null) => NpzReaderTests.Zip(("model.json", Encoding.UTF8.GetBytes(model)), ("one.bin", first ?? Shard(4)), ("two.bin", [.. Shard(5)]),
        ("three.bin", [0, 1, 2, 3, 4, 5, .. BitConverter.GetBytes((Half)1), .. BitConverter.GetBytes((Half)2)])).ToArray();

    private static KerasFile Open(byte[] zip) => KerasFile.OpenTfjs(ZipArchiveReader.Open(new MemoryStream(zip), Limits), Limits);

    private static void ReadAll(KerasFile file)
    {
        foreach (KerasGroup group in file.Groups)
            foreach (KerasTensor tensor in group.Tensors) tensor.Read();
    }
}

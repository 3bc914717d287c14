using System.Security.Cryptography;
using System.Text.Json.Nodes;
using TrainService.Formats.Hdf5;

namespace TrainService.Formats.Tests.Hdf5;

/// <summary>What is written here, read by the real library: through h5py and through h5wasm, to the bit.</summary>
public class RealReaderTests
{
    [H5pyFact]
    public void H5py_reads_the_same_values() => Compare(RealReaders.ReadWithH5py, Hdf5Samples.Everything());

    // h5wasm itself knows neither 16-bit floats nor opaque bytes.
    [H5wasmFact]
    public void H5wasm_reads_the_same_values() => Compare(RealReaders.ReadWithH5wasm, Hdf5Samples.Everything(ArrayType.Float16, ArrayType.BFloat16));

    private static void Compare(Func<byte[], JsonNode> read, Hdf5Content content)
    {
        byte[] file = Hdf5Samples.Write(content);
        JsonNode seen = read(file);
        Hdf5Group root = Hdf5File.Open(new MemoryStream(file));
        JsonObject arrays = seen["arrays"]!.AsObject();
        Hdf5Dataset[] written = [.. root.AllDatasets()];
        arrays.Select(a => a.Key).Order(StringComparer.Ordinal).ShouldBe(written.Select(d => d.Path).Order(StringComparer.Ordinal));
        foreach (Hdf5Dataset dataset in written)
        {
            JsonNode there = arrays[dataset.Path]!;
            there["shape"]!.AsArray().Select(n => (long)n!).ShouldBe(dataset.Shape, dataset.Path);
            // A scalar is no buffer in JavaScript.
            if (dataset.Shape.Count == 0) continue;
            ((string)there["sha256"]!).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(dataset.Read().Bytes)), dataset.Path);
        }
        JsonNode notes = seen["attributes"]![""]!;
        ((string)notes["model_config"]!).ShouldBe("{\"name\": \"größer\"}");
        ((string)notes["long"]!).Length.ShouldBe(70_000);
        ((string)notes["empty"]!).ShouldBe("");
        notes["names"]!.AsArray().Select(n => (string)n!).ShouldBe(["one", "two", "drei ü"]);
        notes["none"]!.AsArray().Count.ShouldBe(0);
        notes.AsObject().Select(n => n.Key).Where(n => n.StartsWith("many", StringComparison.Ordinal)).Sum(n => notes[n]!.AsArray().Count).ShouldBe(3000);
        for (int i = 0; i < 30; i++) ((string)seen["attributes"]![$"groups/g{i}"]!["name"]!).ShouldBe($"layer_{i}");
        seen["groups"]!.AsArray().Select(g => (string)g!).ShouldContain("empty");
    }
}

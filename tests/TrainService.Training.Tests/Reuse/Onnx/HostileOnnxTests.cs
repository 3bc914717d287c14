using System.Diagnostics;
using System.Text.Json;
using NSubstitute;
using TrainService.Formats;
using TrainService.Formats.Onnx;
using TrainService.Formats.Tests;
using TrainService.Jobs.Ports;
using TrainService.Specification;
using TrainService.Training.Reuse;

namespace TrainService.Training.Tests.Reuse.Onnx;

/// <summary>Whatever an ONNX file says: a checkpoint or errors, never an exception, soon, and within its memory. TRAINSERVICE_FUZZ sets how many files.</summary>
public class HostileOnnxTests
{
    /// <summary>What reading, translating and refusing one small file may allocate.</summary>
    private const long MostAllocated = 64 << 20;

    private static int Count(int few) => int.TryParse(Environment.GetEnvironmentVariable("TRAINSERVICE_FUZZ"), out int many) ? many : few;

    public static TheoryData<string> Seeds => ["images", "rows", "words"];

    [Theory, MemberData(nameof(Seeds))]
    public async Task The_model_itself_is_taken(string seed) => (await ImportAsync(OnnxSamples.File(seed))).Errors.ShouldBeEmpty();

    [Theory, MemberData(nameof(Seeds))]
    public Task Damaged_bytes_give_errors_or_a_model(string seed) => FuzzAsync(seed, (file, i) => Mutations.Apply(file, i), Count(300));

    [Theory, MemberData(nameof(Seeds))]
    public Task Damage_that_knows_the_structure_gives_errors_or_a_model(string seed)
    {
        OnnxModel model = OnnxSamples.Model(seed);
        return FuzzAsync(seed, (_, i) => OnnxSamples.Write(OnnxDamage.Apply(model, new Random(i))), Count(500));
    }

    [Fact]
    public async Task A_circle_is_found() => await RefusedAsync(OnnxSamples.Of([new OnnxNode("Relu", ["b"], ["a"], []), new OnnxNode("Relu", ["a"], ["b"], []), new OnnxNode("Add", ["x", "b"], ["y"], [])]), "goes round in a circle");

    [Fact]
    public async Task Numbers_in_another_file_are_not_looked_for()
    {
        // TensorProto: data_location (14) says that they stand elsewhere.
        byte[] tensor = [0x08, 2, 0x10, 1, 0x42, 1, (byte)'w', 0x70, 1];
        byte[] graph = [0x2A, (byte)tensor.Length, .. tensor];
        ImportOutcome outcome = await ImportAsync([0x08, 8, 0x3A, (byte)graph.Length, .. graph]);
        outcome.Errors.ShouldHaveSingleItem().Detail.ShouldContain("stand in another file");
    }

    [Fact]
    public async Task Messages_nested_without_end_are_refused()
    {
        // GraphProto in an attribute of a node of a graph … 5,000 times over.
        byte[] inner = [];
        for (int i = 0; i < 5000; i++) inner = Field(1, Field(5, Field(6, inner)));
        (await ImportAsync([0x08, 8, .. Field(7, inner)])).Errors.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Half_a_million_empty_nodes_are_refused() => (await ImportAsync([0x08, 8, .. Field(7, [.. Enumerable.Repeat<byte[]>([0x0A, 0], 500_000).SelectMany(b => b)])])).Errors.ShouldHaveSingleItem().Detail.ShouldContain("parts");

    [Fact]
    public async Task Constants_that_blow_up_are_refused()
    {
        NamedArray shape = Longs("s", 1 << 15, 1 << 15), big = Longs("e", 1 << 12, 1 << 11);
        await RefusedAsync(OnnxSamples.Of([new OnnxNode("ConstantOfShape", ["s"], ["c"], []), new OnnxNode("MatMul", ["x", "c"], ["y"], [])], [shape], [1 << 15]), "does not hold");
        await RefusedAsync(OnnxSamples.Of([new OnnxNode("ConstantOfShape", ["e"], ["c"], []), new OnnxNode("Sqrt", ["c"], ["d"], []), new OnnxNode("MatMul", ["x", "d"], ["y"], [])], [big], [1 << 12]), "worked out beforehand");
        await RefusedAsync(OnnxSamples.Of([new OnnxNode("Reshape", ["x", "n"], ["y"], [])], [Longs("n", -1, -5)]), "is no shape");
    }

    [Fact]
    public async Task Operators_that_are_not_known_are_named_all_at_once()
        => await RefusedAsync(OnnxSamples.Of([new OnnxNode("LSTM", ["x"], ["a"], []) { Name = "first" }, new OnnxNode("Fused", ["a"], ["y"], []) { Name = "second", Domain = "com.example" }]), "'first' (LSTM), 'second' (com.example.Fused)", "unsupported_operator");

    private static NamedArray Longs(string name, params long[] values) => new(name, ArrayType.Int64, [values.Length], values.SelectMany(BitConverter.GetBytes).ToArray());

    private static byte[] Field(int number, byte[] value)
    {
        List<byte> length = [];
        for (int n = value.Length; ; n >>= 7)
        {
            length.Add((byte)(n > 127 ? (n & 127) | 128 : n));
            if (n <= 127) break;
        }
        return [(byte)((number << 3) | 2), .. length, .. value];
    }

    private static async Task RefusedAsync(OnnxModel model, string what, string? code = null)
    {
        SpecError error = (await ImportAsync(OnnxSamples.Write(model))).Errors.ShouldHaveSingleItem();
        error.Pointer.ShouldBe("/weights");
        error.Detail.ShouldContain(what);
        if (code is not null) error.Code.ShouldBe(code);
    }

    private static async Task FuzzAsync(string name, Func<byte[], int, byte[]> damage, int count)
    {
        byte[] file = OnnxSamples.File(name);
        int refused = 0;
        double slowest = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] damaged = damage(file, i);
            long start = Stopwatch.GetTimestamp(), before = GC.GetTotalAllocatedBytes();
            ImportOutcome outcome;
            try
            {
                outcome = await ImportAsync(damaged);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Damage {i} of {name} gave {e.GetType()}: {e.Message}", e);
            }
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            // Other tests run beside this one: what is allocated is judged by the long form, which runs alone.
            if (count > 100_000 - 1) (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(MostAllocated, $"damage {i} of {name}");
            if (outcome.Report?.Complete == true) continue;
            refused++;
            outcome.Errors.ShouldNotBeEmpty($"damage {i} of {name}");
        }
        refused.ShouldBeGreaterThan(count / 10);
        if (Environment.GetEnvironmentVariable("TRAINSERVICE_FUZZ") is not null) Console.WriteLine($"{name}: {count} damaged ONNX files, {refused} refused, slowest {slowest:0.0} ms");
    }

    private static async Task<ImportOutcome> ImportAsync(byte[] file)
    {
        using JsonDocument description = JsonDocument.Parse("{}");
        return await new CheckpointImporter(Substitute.For<ICheckpointStore>()).ImportAsync(description.RootElement, new MemoryStream(file), "m.onnx", CancellationToken.None);
    }
}

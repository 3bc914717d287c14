using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using NSubstitute;
using TrainService.Formats;
using TrainService.Formats.Hdf5;
using TrainService.Formats.Tests;
using TrainService.Jobs.Ports;
using TrainService.Training.Reuse;

namespace TrainService.Training.Tests.Reuse;

/// <summary>Whatever a file's description of its model says: a checkpoint or errors with their places, never an exception. TRAINSERVICE_FUZZ sets how many.</summary>
public class HostileImportTests
{
    private const string Model = """
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 4, 4, 1], "dtype": "float32", "name": "in"}, "name": "in", "inbound_nodes": []},
          {"class_name": "Conv2D", "config": {"name": "c", "filters": 2, "kernel_size": [3, 3], "padding": "same", "activation": "relu"}, "name": "c", "inbound_nodes": [[["in", 0, 0, {}]]]},
          {"class_name": "Sequential", "config": {"name": "inner", "layers": [{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 4, 4, 2], "name": "i"}},
             {"class_name": "BatchNormalization", "config": {"name": "bn", "axis": [3]}}]}, "name": "inner", "inbound_nodes": [[["c", 0, 0, {}]]]},
          {"class_name": "Add", "config": {"name": "sum"}, "name": "sum", "inbound_nodes": [[["c", 0, 0, {}], ["inner", 1, 0, {}]]]},
          {"class_name": "Flatten", "config": {"name": "f"}, "name": "f", "inbound_nodes": [[["sum", 0, 0, {}]]]},
          {"class_name": "Dense", "config": {"name": "d", "units": 2, "activation": "softmax"}, "name": "d", "inbound_nodes": [[["f", 0, 0, {}]]]}],
          "input_layers": [["in", 0, 0]], "output_layers": [["d", 0, 0]]}}
        """;

    private static readonly JsonDamage Damage = new([.. JsonDamage.Odd, "\"Lambda\"", "\"Functional\"", "\"in\"", "\"c\"",
        "{\"class_name\": \"Dense\", \"config\": {}}", "{\"class_name\": \"Sequential\", \"config\": {\"layers\": []}}", "{\"class_name\": \"Lambda\", \"config\": {\"function\": \"x\"}}", "{\"class_name\": 1}"]);

    [Fact]
    public async Task The_model_itself_is_taken()
    {
        ImportOutcome outcome = await ImportAsync(Model);
        outcome.Errors.ShouldBeEmpty();
        outcome.Report!.Loaded.Count.ShouldBe(8);
    }

    [Fact]
    public async Task Damaged_descriptions_give_errors_or_a_model()
    {
        int count = Mutations.Count(300), refused = 0;
        double slowest = 0;
        for (int seed = 0; seed < count; seed++)
        {
            string damaged = Damage.Apply(Model, new Random(seed));
            ImportOutcome outcome;
            long start = Stopwatch.GetTimestamp();
            try
            {
                outcome = await ImportAsync(damaged);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Damage {seed} gave {e.GetType()}: {e.Message}\n{damaged}", e);
            }
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (outcome.Report?.Complete != true)
            {
                refused++;
                outcome.Errors.ShouldNotBeEmpty(damaged);
            }
        }
        refused.ShouldBeGreaterThan(count / 3);
        Mutations.Report($"descriptions of models in .h5: {count} damaged, {refused} refused, slowest {slowest:0.0} ms");
    }

    [Theory]
    [InlineData("2.15.0", true)]
    [InlineData("2.2.4-tf", true)]
    [InlineData("3.8.0", false)]
    [InlineData(null, false)]
    public async Task What_version_2_means_otherwise_is_said_in_todays_words(string? version, bool old)
    {
        foreach (string name in new[] { "hard_sigmoid", "relu" })
        {
            ICheckpointStore store = Substitute.For<ICheckpointStore>();
            string kept = "";
            store.SaveAsync(NSubstitute.Arg.Do<NewCheckpoint>(c => kept = c.MetadataJson), NSubstitute.Arg.Any<Func<Stream, CancellationToken, Task>>(), NSubstitute.Arg.Any<CancellationToken>()).Returns((CheckpointRecord?)null);
            ImportOutcome outcome = await ImportAsync(Model.Replace("\"activation\": \"relu\"", $"\"activation\": \"{name}\"", StringComparison.Ordinal), version, store);
            outcome.Errors.ShouldBeEmpty();
            kept.Replace(" ", "", StringComparison.Ordinal).Contains("\"width\":5", StringComparison.Ordinal).ShouldBe(old && name == "hard_sigmoid", kept);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 2, (byte)'}', (byte)'q', 0, (byte)'.', 0, 0, 0, 0 }, "would run whatever code it holds")]
    [InlineData(new byte[] { (byte)'{', (byte)'"', (byte)'m', (byte)'o', (byte)'d', (byte)'e', (byte)'l', (byte)'T', (byte)'o', (byte)'p' }, "model.json and its shards in one ZIP")]
    [InlineData(new byte[] { (byte)'a', (byte)',', (byte)'b', (byte)'\n', (byte)'1', (byte)',', (byte)'2', (byte)'\n', (byte)'3' }, "none of a file of weights that is known")]
    public async Task What_is_no_file_of_weights_is_told_as_what_it_is(byte[] file, string what)
    {
        using JsonDocument description = JsonDocument.Parse("{}");
        ImportOutcome outcome = await new CheckpointImporter(Substitute.For<ICheckpointStore>()).ImportAsync(description.RootElement, new MemoryStream(file), "m.bin", CancellationToken.None);
        (outcome.Errors.ShouldHaveSingleItem().Pointer, outcome.Errors[0].Code).ShouldBe(("/weights", "broken_file"));
        outcome.Errors[0].Detail.ShouldContain(what);
    }

    [Fact]
    public async Task A_pickle_in_an_archive_is_not_opened()
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true)) archive.CreateEntry("model/data.pkl");
        file.Position = 0;
        using JsonDocument description = JsonDocument.Parse("{}");
        (await new CheckpointImporter(Substitute.For<ICheckpointStore>()).ImportAsync(description.RootElement, file, "m.pt", CancellationToken.None)).Errors.ShouldHaveSingleItem().Detail.ShouldContain("torch.save");
    }

    [Fact]
    public async Task Nesting_far_beyond_any_model_is_an_error()
    {
        string nested = Model;
        for (int i = 0; i < 60; i++) nested = $$$"""{"class_name": "Sequential", "config": {"name": "s{{{i}}}", "layers": [{{{nested}}}]}}""";
        (await ImportAsync(nested)).Errors.ShouldNotBeEmpty();
        (await ImportAsync(new string('[', 300) + new string(']', 300))).Errors.ShouldHaveSingleItem().Code.ShouldBe("broken_file");
    }

    private static async Task<ImportOutcome> ImportAsync(string model, string? version = null, ICheckpointStore? store = null)
    {
        var root = new Hdf5Content();
        root.Text("model_config", model);
        if (version is not null) root.Text("keras_version", version);
        Hdf5Content weights = root.Group("model_weights");
        weights.Texts("layer_names", ["in", "c", "inner", "sum", "f", "d"]);
        Put(weights, "in", []);
        Put(weights, "c", [("c/kernel:0", [3, 3, 1, 2]), ("c/bias:0", [2])]);
        Put(weights, "inner", [("bn/gamma:0", [2]), ("bn/beta:0", [2]), ("bn/moving_mean:0", [2]), ("bn/moving_variance:0", [2])]);
        Put(weights, "sum", []);
        Put(weights, "f", []);
        Put(weights, "d", [("d/kernel:0", [32, 2]), ("d/bias:0", [2])]);
        using var file = new MemoryStream();
        Hdf5Writer.Write(file, root);
        file.Position = 0;
        using JsonDocument description = JsonDocument.Parse("{}");
        store ??= Substitute.For<ICheckpointStore>();
        return await new CheckpointImporter(store).ImportAsync(description.RootElement, file, "m.h5", CancellationToken.None);
    }

    private static void Put(Hdf5Content weights, string layer, (string Name, long[] Shape)[] tensors)
    {
        Hdf5Content group = weights.Group(layer);
        group.Texts("weight_names", [.. tensors.Select(t => t.Name)]);
        foreach ((string name, long[] shape) in tensors) group.Add(name, new NamedArray(name, shape, new float[shape.Aggregate(1L, (a, b) => a * b)]));
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Data.Import;
using TrainService.Formats;
using TrainService.Formats.Npy;
using TrainService.Formats.Safetensors;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Reuse;

public sealed class ModelReuseTests : IAsyncDisposable
{
    private const string Deep = """
        "model": {"type": "sequential", "layers": [{"type": "dense", "units": 8, "activation": "elu", "name": "low"}, {"type": "batch_normalization", "name": "norm"},
           {"type": "dense", "units": 8, "activation": "elu", "name": "high"}, {"type": "dense", "units": 3, "activation": "softmax", "name": "output"}]}
        """;

    private readonly ServiceHarness _service = new();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Frozen_layers_keep_the_weights_of_the_checkpoint_and_the_others_move()
    {
        CheckpointRecord source = await SourceAsync();
        Dictionary<string, byte[]> before = await TensorsAsync(source);
        string hash = await HashAsync(source);
        hash.ShouldBe(source.Sha256);
        JobRecord job = await _service.RunAsync(From(source.Id, """ "until": "high", "append": [{"type": "dense", "units": 3, "activation": "softmax", "name": "new"}], "freeze": ["low", "nor*"] """));
        job.Status.ShouldBe(JobStatus.Succeeded);
        job.FromCheckpoint.ShouldBe(source.Id);
        CheckpointRecord last = await _service.LastAsync(job.Id);
        last.ParentId.ShouldBe(source.Id);
        Dictionary<string, byte[]> after = await TensorsAsync(last);

        after.Keys.Order().ShouldBe(before.Keys.Where(k => !k.StartsWith("output", StringComparison.Ordinal)).Concat(["new/kernel", "new/bias"]).Order());
        foreach (string name in before.Keys.Where(k => k.StartsWith("low", StringComparison.Ordinal) || k.StartsWith("norm", StringComparison.Ordinal)))
            after[name].ShouldBe(before[name], name);
        after["high/kernel"].ShouldNotBe(before["high/kernel"]);
        (await HashAsync(source)).ShouldBe(hash);
        (await _service.Checkpoints.FindAsync(source.Id, default))!.Sha256.ShouldBe(hash);
        JsonElement[] log = await _service.EventsAsync(job.Id, "log");
        log[0].GetProperty("message").GetString().ShouldBe($"Weights of {source.Id}: taken for low, norm, high; new: new; frozen: low, norm; left out: output/kernel, output/bias.");
        JsonElement told = log[0].GetProperty("weights"), summary = JsonDocument.Parse(job.SummaryJson).RootElement.GetProperty("reuse");
        foreach (JsonElement report in (JsonElement[])[told, summary])
        {
            report.GetProperty("checkpoint").GetString().ShouldBe(source.Id);
            Texts(report, "loaded").ShouldBe(["low", "norm", "high"]);
            Texts(report, "new").ShouldBe(["new"]);
            Texts(report, "frozen").ShouldBe(["low", "norm"]);
        }
        Texts(told, "tensors").ShouldBe(["low/kernel", "low/bias", "norm/gamma", "norm/beta", "norm/moving_mean", "norm/moving_variance", "high/kernel", "high/bias"]);
        Texts(told, "left_out_tensors").ShouldBe(["output/kernel", "output/bias"], ignoreOrder: true);
        Texts(summary, "left_out").ShouldBe(["output"]);
        (summary.GetProperty("loaded_parameters").GetInt64(), summary.GetProperty("new_parameters").GetInt64()).ShouldBe((24 + 32 + 72, 27));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task New_layers_learn_first_and_the_reused_ones_with_them_afterwards(bool graph)
    {
        CheckpointRecord source = graph ? await GraphAsync() : await SourceAsync();
        Dictionary<string, byte[]> before = await TensorsAsync(source);
        string spec = From(source.Id, """ "drop_last": 1, "append": [{"type": "dense", "units": 8, "activation": "elu", "name": "new"}, {"type": "dense", "units": 3, "activation": "softmax", "name": "out2"}] """);
        JsonObject job = JsonNode.Parse(spec)!.AsObject();
        job.Remove("epochs");
        job["epochs"] = null;
        job["checkpoint"] = JsonNode.Parse("""{"keep_last": 10}""");
        // The example of the HTTP contract: what * freezes are the layers that are reused.
        job["phases"] = JsonNode.Parse("""[{"epochs": 2, "freeze": ["*"]}, {"epochs": 2, "unfreeze": ["*"], "optimizer": {"type": "adam", "learning_rate": 0.0001}}]""");

        JobRecord done = await _service.RunAsync(job.ToJsonString());

        done.Status.ShouldBe(JobStatus.Succeeded);
        CheckpointRecord[] saved = [.. (await _service.Checkpoints.ListAsync(done.Id, null, 100, default)).Checkpoints.OrderBy(c => c.Epoch)];
        Dictionary<string, byte[]> first = await TensorsAsync(saved[0]), frozen = await TensorsAsync(saved[1]), last = await TensorsAsync(saved[^1]);
        string[] reused = [.. before.Keys.Where(first.ContainsKey)];
        reused.Length.ShouldBeGreaterThan(3);
        reused.ShouldAllBe(t => frozen[t].SequenceEqual(before[t]));
        first.Keys.Except(reused).ShouldAllBe(t => !frozen[t].SequenceEqual(first[t]));
        last.Keys.ShouldAllBe(t => !last[t].SequenceEqual(frozen[t]));
        (await HashAsync(source)).ShouldBe(source.Sha256);
        JsonElement phases = JsonDocument.Parse(done.SummaryJson).RootElement.GetProperty("phases");
        Texts(phases[0], "trainable_layers").ShouldBe(["new", "out2"]);
        Texts(phases[1], "frozen_layers").ShouldBeEmpty();
        done.WarningsJson.ShouldNotContain("unfreezing");
    }

    [Fact]
    public async Task New_layers_of_a_graph_may_take_any_layer_that_was_kept()
    {
        CheckpointRecord source = await GraphAsync();
        JobRecord job = await _service.RunAsync(From(source.Id, """
            "until": "sum", "append": [{"type": "concatenate", "name": "wide", "inputs": ["sum", "a"]}, {"type": "dense", "units": 3, "activation": "softmax", "name": "end", "inputs": ["wide"]}], "freeze": ["a..sum"]
            """));
        job.Status.ShouldBe(JobStatus.Succeeded);
        Dictionary<string, byte[]> before = await TensorsAsync(source), after = await TensorsAsync(await _service.LastAsync(job.Id));
        after.Keys.Order().ShouldBe(["a/bias", "a/kernel", "b/bias", "b/kernel", "end/bias", "end/kernel"]);
        after["b/kernel"].ShouldBe(before["b/kernel"]);
    }

    [Fact]
    public async Task A_network_asked_for_by_name_can_be_cut_and_frozen_too()
    {
        float[] pixels = [.. Enumerable.Range(0, 8 * 32 * 32 * 3).Select(i => MathF.Sin(i))];
        byte[] classes = [0, 1, 0, 1, 0, 1, 0, 1];
        using var file = new MemoryStream();
        NpzFile.Write(file, [new NamedArray("x", [8, 32, 32, 3], pixels), new NamedArray("y", ArrayType.UInt8, [8], classes)]);
        file.Position = 0;
        (await _service.Datasets.ImportAsync("pixels", [new UploadedFile("pixels.npz", file)], new ImportOptions(), default)).Errors.ShouldBeEmpty();
        const string data = """ "epochs": 1, "dataset": {"name": "pixels"}, "batch_size": 4, "metrics": [] """;
        JobRecord first = await _service.RunAsync($$"""{{{data}}, "model": {"architecture": "mobilenet_v2", "alpha": 0.35, "input_shape": [32, 32, 3], "classes": 2} }""");
        CheckpointRecord source = await _service.LastAsync(first.Id);

        JobRecord job = await _service.RunAsync($$"""
            {{{data}}, "freeze": ["Conv1..block_2_add"], "model": {"from_checkpoint": "{{source.Id}}", "until": "block_2_add", "append": ["global_average_pooling2d",
              {"type": "dense", "units": 2, "activation": "softmax", "name": "head"}]} }
            """);

        job.Status.ShouldBe(JobStatus.Succeeded, job.Reason);
        Dictionary<string, byte[]> before = await TensorsAsync(source), after = await TensorsAsync(await _service.LastAsync(job.Id));
        after.Keys.Where(k => !before.ContainsKey(k)).ShouldBe(["head/bias", "head/kernel"], ignoreOrder: true);
        // Moving statistics of the frozen normalizations among them.
        after.Where(t => before.ContainsKey(t.Key)).ShouldAllBe(t => t.Value.SequenceEqual(before[t.Key]));
        Texts(JsonDocument.Parse(job.SummaryJson).RootElement.GetProperty("reuse"), "new").ShouldBe(["head"]);
    }

    [Fact]
    public async Task Whole_and_frozen_it_comes_out_as_it_went_in_and_can_be_reused_again()
    {
        CheckpointRecord source = await SourceAsync();
        JobRecord job = await _service.RunAsync(From(source.Id, """ "freeze": "all" """));
        CheckpointRecord copy = await _service.LastAsync(job.Id);
        Dictionary<string, byte[]> before = await TensorsAsync(source);
        (await TensorsAsync(copy)).ShouldAllBe(t => t.Value.SequenceEqual(before[t.Key]));
        JobRecord again = await _service.RunAsync(From(copy.Id, """ "drop_last": 2, "append": [{"type": "dense", "units": 3, "activation": "softmax"}], "freeze": [] """));
        again.Status.ShouldBe(JobStatus.Succeeded);
        (await TensorsAsync(await _service.LastAsync(again.Id)))["low/kernel"].ShouldNotBe(before["low/kernel"]);
    }

    [Fact]
    public async Task A_graph_is_cut_to_what_leads_to_its_last_layer()
    {
        CheckpointRecord source = await GraphAsync();
        JobRecord job = await _service.RunAsync(From(source.Id, """ "until": "b", "append": [{"type": "dense", "units": 3, "activation": "softmax", "name": "out"}] """));
        job.Status.ShouldBe(JobStatus.Succeeded);
        (await TensorsAsync(await _service.LastAsync(job.Id))).Keys.Order().ShouldBe(["b/bias", "b/kernel", "out/bias", "out/kernel"]);
    }

    [Fact]
    public async Task A_resumed_job_ends_in_the_same_bits()
    {
        CheckpointRecord source = await SourceAsync();
        string spec = From(source.Id, """ "drop_last": 1, "append": [{"type": "dense", "units": 3, "activation": "softmax"}], "freeze": ["low"] """, epochs: 30);
        JobRecord straight = await _service.RunAsync(spec);
        JobRecord paused = await _service.SubmitAsync(spec);
        Task run = _service.Runner.RunAsync(paused.Id, default);
        await _service.EpochsAsync(paused.Id, 2);
        await _service.MoveAsync(paused.Id, JobAction.RequestPause);
        await run;
        if ((await _service.FindAsync(paused.Id)).Status == JobStatus.Paused)
        {
            await _service.MoveAsync(paused.Id, JobAction.Resume);
            await _service.Runner.RunAsync(paused.Id, default);
        }
        Dictionary<string, byte[]> expected = await TensorsAsync(await _service.LastAsync(straight.Id));
        (await TensorsAsync(await _service.LastAsync(paused.Id))).ShouldAllBe(t => t.Value.SequenceEqual(expected[t.Key]));
    }

    [Theory]
    [InlineData(""" "until": "hihg" """, "/model/until", "unknown_layer")]
    [InlineData(""" "until": "high", "drop_last": 1 """, "/model/drop_last", "conflict")]
    [InlineData(""" "drop_last": 4 """, "/model/drop_last", "out_of_range")]
    [InlineData(""" "append": [{"type": "dense", "units": 3, "name": "low"}] """, "/model/append/0/name", "duplicate_name")]
    [InlineData(""" "freeze": ["low", "lwo"] """, "/model/freeze/1", "unknown_layer")]
    [InlineData(""" "append": [{"type": "dense", "units": 3, "input_shape": [8]}] """, "/model/append", "conflict")]
    [InlineData(""" "append": [{"type": "dense", "units": 2, "activation": "softmax", "name": "few"}] """, "/model/append/0/units", "conflict")]
    [InlineData(""" "append": [{"type": "conv2d", "filters": 2, "kernel_size": [3, 3]}] """, "/model/append/0", "impossible_shape")]
    public async Task What_cannot_be_is_told_where_it_was_written(string members, string pointer, string code)
    {
        CheckpointRecord source = await SourceAsync();
        ServiceHarness.Places((await _service.CompileAsync(From(source.Id, members))).Errors).ShouldContain((pointer, code));
    }

    [Fact]
    public async Task Weights_must_be_there_and_fit()
    {
        CheckpointRecord source = await SourceAsync();
        ServiceHarness.Places((await _service.CompileAsync(From("ckpt_none", ""))).Errors).ShouldContain(("/model/from_checkpoint", "not_found"));
        string model = $$$"""
            {"model": {"type": "sequential", "layers": [{"type": "dense", "units": 9, "name": "low"}, {"type": "dense", "units": 3, "activation": "softmax"}],
              "weights_from": {"checkpoint": "{{{source.Id}}}", "layers": ["low", "other"]} } }
            """;
        ServiceHarness.Places((await _service.CompileAsync(model)).Errors).ShouldBe([("/model/weights_from", "shape_mismatch"), ("/model/weights_from", "unknown_layer")]);
    }

    private static string From(string checkpoint, string members, int epochs = 2)
    {
        var job = new JsonObject { ["epochs"] = epochs, ["model"] = new JsonObject { ["from_checkpoint"] = checkpoint } };
        foreach ((string name, JsonNode? value) in JsonNode.Parse($"{{{members}}}")!.AsObject()) job["model"]![name] = value?.DeepClone();
        return job.ToJsonString();
    }

    private async Task<CheckpointRecord> SourceAsync() => await _service.LastAsync((await _service.RunAsync($$"""{"epochs": 2, {{Deep}}}""")).Id);

    private async Task<CheckpointRecord> GraphAsync() => await _service.LastAsync((await _service.RunAsync("""
        {"epochs": 1, "model": {"type": "functional", "layers": [{"type": "input", "name": "in", "shape": [2]}, {"type": "dense", "units": 4, "name": "a", "inputs": ["in"]},
          {"type": "dense", "units": 4, "name": "b", "inputs": ["in"]}, {"type": "add", "name": "sum", "inputs": ["a", "b"]},
          {"type": "dense", "units": 3, "activation": "softmax", "name": "out", "inputs": ["sum"]}], "outputs": ["out"]}}
        """)).Id);

    private async Task<string> HashAsync(CheckpointRecord checkpoint)
    {
        await using Stream file = await _service.Checkpoints.OpenAsync(checkpoint, default);
        return Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(file));
    }

    private static IEnumerable<string?> Texts(JsonElement report, string name) => report.GetProperty(name).EnumerateArray().Select(t => t.GetString());

    private async Task<Dictionary<string, byte[]>> TensorsAsync(CheckpointRecord checkpoint)
    {
        await using Stream file = await _service.Checkpoints.OpenAsync(checkpoint, default);
        return SafetensorsFile.Read(file).Arrays.ToDictionary(a => a.Name, a => a.Bytes.ToArray());
    }
}

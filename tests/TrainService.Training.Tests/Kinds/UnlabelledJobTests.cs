using System.Text.Json;
using TrainService.Formats.Safetensors;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Kinds;

/// <summary>Jobs that learn without labels, from their JSON to their end.</summary>
public class UnlabelledJobTests
{
    private const string Spirals = "\"loss\": null, \"metrics\": [], \"batch_size\": 8, ";
    private const string Pictures = "\"loss\": null, \"metrics\": [], \"dataset\": {\"name\": \"synthetic-fashion\", \"limit\": 360, \"validation_split\": 0.25}, \"batch_size\": 4, \"epochs\": 10, ";
    private const string Tower = "\"model\": {\"type\": \"sequential\", \"layers\": [\"flatten\", {\"type\": \"dense\", \"units\": 12, \"activation\": \"relu\"}, {\"type\": \"dense\", \"units\": 5, \"name\": \"code\"}]}";
    private const string Convolutional = """
        "model": {"type": "sequential", "layers": [{"type": "reshape", "target_shape": [28, 28, 1]}, {"type": "conv2d", "filters": 3, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu"},
            "max_pooling2d", {"type": "conv2d", "filters": 2, "kernel_size": 3, "padding": "same", "activation": "relu"}]}
        """;

    public static TheoryData<string> Jobs => new()
    {
        "{" + Pictures + Tower + """, "kind": "pretrain_autoencoder"}""",
        "{" + Pictures + Tower + """, "kind": "pretrain_autoencoder", "pretrain_autoencoder": {"masking": 0.3, "gaussian_noise": 0.1, "sparsity": "l1", "decoder": [{"type": "dense", "units": 784, "activation": "sigmoid"}]}}""",
        "{" + Pictures + Tower + """, "kind": "pretrain_autoencoder", "pretrain_autoencoder": {"variational": true, "kl_weight": 0.5}}""",
        "{" + Pictures.Replace("360", "96") + Convolutional + """, "kind": "pretrain_autoencoder", "pretrain_autoencoder": {"masking": 0.2}}""",
        "{" + Pictures + Tower + """, "kind": "pretrain_greedy", "pretrain_greedy": {"masking": 0.2}}""",
        "{" + Pictures.Replace("360", "96") + Convolutional + """, "kind": "pretrain_greedy"}""",
        "{" + Pictures + Tower + """, "kind": "pretrain_pairs"}""",
        "{" + Pictures + Tower + """, "kind": "pretrain_pairs", "pretrain_pairs": {"head": "cross_entropy", "same_share": 0.4}}""",
        "{" + Pictures + Tower + """, "kind": "pretrain_pairs", "pretrain_pairs": {"head": "triplet", "margin": 0.5}}""",
        "{" + Pictures.Replace("360", "96") + Convolutional + """, "kind": "pretrain_pairs", "pretrain_pairs": {"head": "cross_entropy"}}""",
        "{" + Pictures + Tower + """, "kind": "pretrain_pairs", "pretrain_pairs": {"task": "rotation"}}""",
    };

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task It_leaves_the_model_alone_to_go_on_from_and_the_same_bits_when_it_was_cut_off_and_went_on_on_other_threads(string changes)
    {
        await using var service = new ServiceHarness();
        (JobRecord job, JsonElement whole) = await EndOfAsync(service, changes, interruptions: 0);
        (JobRecord other, JsonElement cut) = await EndOfAsync(service, changes.Replace("\"metrics\"", "\"limits\": {\"threads\": 1}, \"metrics\""), interruptions: 2);
        cut.GetRawText().ShouldBe(whole.GetRawText());
        (await service.EventsAsync(other.Id, "log")).ShouldContain(e => e.GetProperty("message").GetString()!.StartsWith("Taken up"));

        // Resolved once more it is the same job.
        JsonDocument.Parse(job.ResolvedJson).RootElement.GetProperty("model").GetRawText().ShouldNotContain("decoder");
        (await service.Compiler.CompileAsync(JsonDocument.Parse(job.ResolvedJson).RootElement, default)).ResolvedJson.ShouldBe(job.ResolvedJson);
        CheckpointRecord left = (await service.Checkpoints.ListAsync(job.Id, null, 100, default)).Checkpoints.Single(c => c.Reason == "final");
        (await TensorsAsync(service, left)).Keys.ShouldAllBe(n => !n.Contains("decoder") && !n.Contains("other") && !n.StartsWith("turn"));
        CompiledSpec after = await service.CompileAsync($$"""
            {"dataset": {"name": "synthetic-fashion", "limit": 20}, "epochs": 1,
             "model": {"from_checkpoint": "{{left.Id}}", "append": ["flatten", {"type": "dense", "units": 10, "activation": "softmax"}]} }
            """);
        after.Errors.ShouldBeEmpty();
    }

    /// <summary>What the job has left: the bits of every checkpoint at the end, and what each epoch said of its loss.</summary>
    private static async Task<(JobRecord Job, JsonElement Left)> EndOfAsync(ServiceHarness service, string changes, int interruptions)
    {
        JobRecord job = await service.SubmitAsync(changes);
        for (int i = 0; i < interruptions; i++)
        {
            using var shutdown = new CancellationTokenSource();
            Task running = service.Runner.RunAsync(job.Id, shutdown.Token);
            // Once as soon as something is saved, once behind the middle, which is another stage where there are several.
            while (!running.IsCompleted)
            {
                await using Stream? saved = await service.Checkpoints.OpenResumePointAsync(job.Id, default);
                if (saved is not null && (i == 0 || (await service.FindAsync(job.Id)).Progress?.Fraction > 0.6)) break;
                await Task.Delay(2);
            }

            await shutdown.CancelAsync();
            try
            {
                await running;
            }
            catch (OperationCanceledException)
            {
            }
        }

        await service.Runner.RunAsync(job.Id, default);
        job = await service.FindAsync(job.Id);
        job.Status.ShouldBe(JobStatus.Succeeded, job.Error?.Detail);
        var left = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (CheckpointRecord saved in (await service.Checkpoints.ListAsync(job.Id, null, 100, default)).Checkpoints.Where(c => c.Reason.StartsWith("final")))
        {
            await using Stream file = await service.Checkpoints.OpenAsync(saved, default);
            left[saved.Reason] = string.Join(' ', SafetensorsFile.Read(file).Arrays.OrderBy(a => a.Name, StringComparer.Ordinal)
                .Select(a => a.Name + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(a.Bytes))));
        }

        foreach (JsonElement epoch in await service.EventsAsync(job.Id, "epoch"))
            left[$"epoch {epoch.GetProperty("epoch")}"] = epoch.GetProperty("loss").GetRawText() + (epoch.TryGetProperty("pictures", out JsonElement p) ? p.GetRawText() : "");
        return (job, JsonSerializer.SerializeToElement(left));
    }

    [Fact]
    public async Task An_autoencoder_learns_to_give_back_what_goes_in_and_draws_it()
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.RunAsync("{" + Pictures + Tower + """, "kind": "pretrain_autoencoder"}""");

        JsonElement[] epochs = await service.EventsAsync(job.Id, "epoch");
        epochs[^1].GetProperty("val_loss").GetDouble().ShouldBeLessThan(epochs[0].GetProperty("val_loss").GetDouble());
        JsonElement pictures = epochs[^1].GetProperty("pictures")[0];
        pictures.GetProperty("base64").GetBytesFromBase64().AsSpan(1, 3).SequenceEqual("PNG"u8).ShouldBeTrue();
        pictures.GetRawText().Length.ShouldBeLessThan(10_000);
        (pictures.GetProperty("width").GetInt32(), pictures.GetProperty("height").GetInt32(), pictures.GetProperty("count").GetInt32()).ShouldBe((4 * 28, 2 * 28, 8));
    }

    [Fact]
    public async Task A_stack_is_learned_layer_by_layer_and_each_stage_leaves_the_stack_so_far()
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.RunAsync("{" + Pictures.Replace("\"epochs\": 10", "\"epochs\": 2") + Tower + """, "kind": "pretrain_greedy"}""");

        JsonElement[] epochs = await service.EventsAsync(job.Id, "epoch");
        epochs.Select(e => (e.GetProperty("epoch").GetInt32(), e.GetProperty("phase").GetInt32())).ShouldBe([(1, 0), (2, 0), (3, 1), (4, 1)]);
        IReadOnlyList<CheckpointRecord> saved = (await service.Checkpoints.ListAsync(job.Id, null, 100, default)).Checkpoints;
        Dictionary<string, string> stage = await TensorsAsync(service, saved.Single(c => c.Reason == "final:stage1")), stack = await TensorsAsync(service, saved.Single(c => c.Reason == "final"));
        stage.Keys.ShouldBe(["dense/kernel", "dense/bias"], ignoreOrder: true);
        stack.Keys.ShouldBe(["dense/kernel", "dense/bias", "code/kernel", "code/bias"], ignoreOrder: true);
        // The first layer stays as its stage has left it.
        foreach (string name in stage.Keys) stack[name].ShouldBe(stage[name]);
        JsonDocument.Parse(job.SummaryJson).RootElement.GetProperty("later_stages").GetArrayLength().ShouldBe(1);
    }

    private static async Task<Dictionary<string, string>> TensorsAsync(ServiceHarness service, CheckpointRecord checkpoint)
    {
        await using Stream file = await service.Checkpoints.OpenAsync(checkpoint, default);
        return SafetensorsFile.Read(file).Arrays.ToDictionary(a => a.Name, a => Convert.ToHexString(a.Bytes));
    }

    [Fact]
    public async Task The_tower_that_learned_pairs_knows_the_classes_apart()
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.RunAsync("""
            {"kind": "pretrain_pairs", "loss": null, "metrics": ["accuracy"], "pretrain_pairs": {"head": "cross_entropy"}, "dataset": {"name": "blobs", "limit": 200, "preprocess": ["standardize"], "validation_split": 0.2},
             "epochs": 25, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 16, "activation": "relu"}, {"type": "dense", "units": 4}]}}
            """);

        job.Status.ShouldBe(JobStatus.Succeeded, job.Error?.Detail);
        (await service.EventsAsync(job.Id, "epoch"))[^1].GetProperty("val_accuracy").GetDouble().ShouldBeGreaterThan(0.85);
    }

    [Theory]
    [InlineData("""{"kind": "pretrain_autoencoder", "class_weight": {"0": 2}}""", "/class_weight", "conflict")]
    [InlineData("""{"kind": "train", "loss": "sparse_categorical_crossentropy", "pretrain_greedy": {}}""", "/pretrain_greedy", "conflict")]
    [InlineData("""{"kind": "pretrain_autoencoder", "pretrain_autoencoder": {"masking": 1}}""", "/pretrain_autoencoder/masking", "out_of_range")]
    [InlineData("""{"kind": "pretrain_autoencoder", "pretrain_autoencoder": {"variational": true}, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 3, "activation": "relu"}]}}""", "/model/layers/0", "conflict")]
    [InlineData("""{"kind": "pretrain_autoencoder", "pretrain_autoencoder": {"sparsity": "kl"}}""", "/model/layers/2", "conflict")]
    [InlineData("""{"kind": "pretrain_autoencoder", "pretrain_autoencoder": {"decoder": [{"type": "dense", "units": 3}]}}""", "/pretrain_autoencoder/decoder", "conflict")]
    [InlineData("""{"kind": "pretrain_autoencoder", "pretrain_autoencoder": {"decoder": [{"type": "conv2d", "filters": 3, "kernel_size": 3}]}}""", "/pretrain_autoencoder/decoder/0", "impossible_shape")]
    [InlineData("""{"kind": "pretrain_autoencoder", "loss": "triplet"}""", "/loss", "conflict")]
    [InlineData("""{"kind": "pretrain_autoencoder", "model": {"type": "sequential", "layers": [{"type": "reshape", "target_shape": [2, 1]}, {"type": "embedding", "input_dim": 5, "output_dim": 2}]}}""", "/model/layers/1", "conflict")]
    [InlineData("""{"kind": "pretrain_autoencoder", "dataset": {"name": "synthetic-fashion", "augment": {"horizontal_flip": true}}}""", "/dataset/augment", "conflict")]
    [InlineData("""{"kind": "pretrain_greedy", "loss": "mse"}""", "/loss", "conflict")]
    [InlineData("""{"kind": "pretrain_greedy", "model": {"type": "functional", "layers": [{"type": "input", "name": "in", "shape": [2]}, {"type": "dense", "name": "d", "units": 3, "inputs": ["in"]}], "outputs": ["d"]}}""", "/model", "conflict")]
    [InlineData("""{"kind": "pretrain_greedy", "model": {"type": "sequential", "layers": ["flatten"]}}""", "/model", "conflict")]
    [InlineData("""{"kind": "pretrain_pairs", "dataset": {"name": "sine"}}""", "/dataset", "conflict")]
    [InlineData("""{"kind": "pretrain_pairs", "pretrain_pairs": {"task": "rotation"}}""", "/dataset", "conflict")]
    [InlineData("""{"kind": "pretrain_pairs", "dataset": {"name": "synthetic-fashion"}, "pretrain_pairs": {"task": "rotation", "margin": 2}}""", "/pretrain_pairs/margin", "conflict")]
    [InlineData("""{"kind": "pretrain_pairs", "metrics": ["nonsense"]}""", "/metrics/0", "unknown_name")]
    public async Task What_can_not_be_is_told_before_it_is_queued(string changes, string pointer, string code)
    {
        await using var service = new ServiceHarness();
        string job = "{" + Spirals + """ "model": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 6, "activation": "relu"}, {"type": "dense", "units": 3, "activation": "relu"}]}}""";
        var merged = System.Text.Json.Nodes.JsonNode.Parse(job)!.AsObject();
        foreach ((string name, System.Text.Json.Nodes.JsonNode? value) in System.Text.Json.Nodes.JsonNode.Parse(changes)!.AsObject()) merged[name] = value?.DeepClone();

        ServiceHarness.Places((await service.CompileAsync(merged.ToJsonString())).Errors).ShouldBe([(pointer, code)]);
    }

    [Fact]
    public async Task A_code_that_can_be_copied_is_advised_against()
    {
        await using var service = new ServiceHarness();
        CompiledSpec compiled = await service.CompileAsync("{" + Spirals + """ "kind": "pretrain_autoencoder", "model": {"type": "sequential", "layers": [{"type": "dense", "units": 6, "activation": "relu"}]}}""");

        compiled.Errors.ShouldBeEmpty();
        compiled.Warnings.ShouldContain(w => w.Code == "code_not_restrained");
        // Standardized numbers: squared errors, and no activation.
        JsonElement resolved = JsonDocument.Parse(compiled.ResolvedJson).RootElement;
        resolved.GetProperty("loss").GetProperty("type").GetString().ShouldBe("mse");
    }
}

using System.Text.Json;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Kinds;

/// <summary>Jobs of kind pretrain_rbm, from their JSON to their end.</summary>
public class BoltzmannJobTests
{
    private const string Stack = """
        {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 24, "name": "one"}, {"type": "dropout", "rate": 0.1}, {"type": "dense", "units": 12, "name": "two"},
          {"type": "dense", "units": 10, "activation": "softmax", "name": "top"}]}
        """;

    private static string Job(string rbm = "{}", string model = Stack, string more = "", string dataset = """{"name": "synthetic-fashion", "limit": 120, "validation_split": 0.2}""")
        => "{\"kind\": \"pretrain_rbm\", \"loss\": null, \"metrics\": null, \"optimizer\": null, \"batch_size\": 20, \"epochs\": 4, \"dataset\": " + dataset + ", " + more + "\"model\": " + model + ", \"pretrain_rbm\": " + rbm + "}";

    [Fact]
    public async Task What_a_job_leaves_open_is_resolved()
    {
        await using var service = new ServiceHarness();
        CompiledSpec compiled = await service.CompileAsync(Job());
        compiled.Errors.Select(e => $"{e.Pointer}: {e.Detail}").ShouldBeEmpty();
        compiled.Warnings.ShouldBeEmpty();
        JsonElement resolved = JsonDocument.Parse(compiled.ResolvedJson).RootElement, rbm = resolved.GetProperty("pretrain_rbm");
        rbm.GetProperty("layers").EnumerateArray().Select(l => l.GetString()).ShouldBe(["one", "two"]);
        (rbm.GetProperty("visible").GetString(), rbm.GetProperty("sample_visible").GetBoolean()).ShouldBe(("binary", false));
        JsonElement layer = resolved.GetProperty("model").GetProperty("layers")[1];
        layer.GetProperty("activation").GetProperty("type").GetString().ShouldBe("sigmoid");
        layer.GetProperty("kernel_initializer").GetProperty("stddev").GetDouble().ShouldBe(0.01);
        JsonDocument.Parse(compiled.SummaryJson).RootElement.GetProperty("estimated_seconds_per_epoch").GetDouble().ShouldBeGreaterThan(0);
        using JsonDocument again = JsonDocument.Parse(compiled.ResolvedJson);
        (await service.Compiler.CompileAsync(again.RootElement, null, default)).ResolvedJson.ShouldBe(compiled.ResolvedJson);
        JsonDocument.Parse((await service.CompileAsync(Job("""{"persistent": true}""", dataset: """{"name": "synthetic-fashion", "preprocess": ["standardize"]}"""))).ResolvedJson).RootElement
            .GetProperty("pretrain_rbm").ToString().ShouldSatisfyAllConditions(r => r.ShouldContain("gaussian"), r => r.ShouldContain("\"sample_visible\": true".Replace(": ", ":")));
    }

    [Fact]
    public async Task A_later_job_of_its_chain_is_checked_against_what_it_will_leave()
    {
        await using var service = new ServiceHarness();
        CompiledSpec first = await service.CompileAsync(Job());
        var parent = new ParentSpec(null, "pretrain_rbm", first.ResolvedJson, first.SummaryJson);
        (await service.Compiler.CompileAsync(ServiceHarness.Json("""
            {"dataset": {"name": "synthetic-fashion", "limit": 60}, "model": {"from_checkpoint": "parent", "until": "two", "append": [{"type": "dense", "units": 10, "activation": "softmax"}]}}
            """), parent, default)).Errors.Select(e => $"{e.Pointer}: {e.Detail}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"sparsity_cost": 0.1}""", true)]
    [InlineData("""{"persistent": true, "gibbs_steps": 2}""", true)]
    [InlineData("""{"visible": "gaussian"}""", false)]
    public async Task Layer_after_layer_is_taught_and_fine_tuned(string rbm, bool binary)
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.RunAsync(Job(rbm, more: "\"optimizer\": {\"type\": \"sgd\", \"learning_rate\": 0.01, \"momentum\": 0.9}, ", dataset: binary
            ? """{"name": "synthetic-fashion", "limit": 120, "validation_split": 0.2}""" : """{"name": "synthetic-fashion", "limit": 120, "preprocess": ["standardize"]}""")
            .Replace("\"optimizer\": null, ", ""));
        job.Status.ShouldBe(JobStatus.Succeeded, job.Reason ?? job.Error?.Detail);
        JsonElement[] epochs = await service.EventsAsync(job.Id, "epoch");
        epochs.Select(e => (e.GetProperty("epoch").GetInt32(), e.GetProperty("phase").GetInt32())).ShouldBe([(1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (6, 1), (7, 1), (8, 1)]);
        // Chains that go on by themselves make the data likelier, not its reconstruction better.
        if (!rbm.Contains("persistent")) epochs[3].GetProperty("reconstruction_error").GetDouble().ShouldBeLessThan(epochs[0].GetProperty("reconstruction_error").GetDouble());
        epochs[0].TryGetProperty("pseudo_likelihood", out _).ShouldBe(binary);
        epochs[7].TryGetProperty("pseudo_likelihood", out _).ShouldBeTrue();
        epochs[0].TryGetProperty("val_free_energy", out _).ShouldBe(binary);
        (await service.EventsAsync(job.Id, "log")).Count(e => e.GetProperty("message").GetString()!.StartsWith("Layer ")).ShouldBe(2);
        CheckpointRecord last = await service.LastAsync(job.Id);
        last.Reason.ShouldBe("final");

        // Without its untaught top, as the lower part of a network with labels.
        JobRecord tuned = await service.RunAsync($$$"""
            {"dataset": {"name": "synthetic-fashion", "limit": 60}, "epochs": 1,
             "model": {"from_checkpoint": "{{{last.Id}}}", "until": "two", "append": [{"type": "dense", "units": 10, "activation": "softmax"}]}}
            """);
        tuned.Status.ShouldBe(JobStatus.Succeeded, tuned.Reason ?? tuned.Error?.Detail);
    }

    [Theory]
    [InlineData("""{"persistent": true, "gibbs_steps": 2, "sparsity_cost": 0.05}""")]
    [InlineData("{}")]
    public async Task Cut_off_and_taken_up_again_it_ends_in_the_same_bits(string rbm)
    {
        await using var service = new ServiceHarness();
        string changes = Job(rbm).Replace("\"epochs\": 4", "\"epochs\": 40");
        JobRecord whole = await service.RunAsync(Job(rbm, more: "\"limits\": {\"threads\": 1}, ").Replace("\"epochs\": 4", "\"epochs\": 40")), job = await service.SubmitAsync(changes);
        JobRecord after = await service.CutOffAsync(job);
        after.Status.ShouldBe(JobStatus.Succeeded, after.Reason ?? after.Error?.Detail);
        (await service.EventsAsync(job.Id, "log")).ShouldContain(e => e.GetProperty("message").GetString()!.StartsWith("Taken up"));
        (await service.TensorsAsync(after, "final")).ShouldBe(await service.TensorsAsync(whole, "final"));
        string Figures(JsonElement e) => string.Join(' ', e.EnumerateObject().Where(p => p.Name is not ("duration_seconds" or "samples_per_second")).Select(p => p.ToString()));
        (await service.EventsAsync(job.Id, "epoch")).Select(Figures).ShouldBe((await service.EventsAsync(whole.Id, "epoch")).Select(Figures));
    }

    public static TheoryData<string, string[]> Wrong => new()
    {
        { Job("""{"layers": ["one", "tow", "top"]}"""), ["/pretrain_rbm/layers/1", "/model/layers/4"] },
        { Job("""{"layers": ["two", "one"]}"""), ["/pretrain_rbm/layers/1"] },
        { Job("""{"gibbs_steps": 0, "layers": []}"""), ["/pretrain_rbm/gibbs_steps", "/pretrain_rbm/layers"] },
        { Job(model: """{"type": "sequential", "layers": [{"type": "dense", "units": 3}, "flatten"]}"""), ["/model"] },
        { Job(model: """{"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 3, "activation": "sigmoid"}, "batch_normalization", {"type": "dense", "units": 3, "activation": "sigmoid"}]}"""), ["/model/layers/3"] },
        { Job("""{"visible": "binary"}""", dataset: """{"name": "blobs"}""", model: """{"type": "sequential", "layers": [{"type": "dense", "units": 3}]}"""), ["/pretrain_rbm/visible"] },
        { Job(more: "\"schedule\": \"one_cycle\", \"phases\": [{\"epochs\": 2}], "), ["/schedule", "/phases"] },
        { Job().Replace("\"optimizer\": null", "\"optimizer\": {\"type\": \"sgd\", \"learning_rate\": \"auto\", \"gradient_accumulation_steps\": 2}"), ["/optimizer/learning_rate", "/optimizer/gradient_accumulation_steps"] },
        { Job().Replace("\"loss\": null", "\"loss\": \"mse\""), ["/loss"] },
        { Job(dataset: """{"name": "synthetic-fashion", "augment": {"horizontal_flip": true}}"""), ["/dataset/augment"] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_cannot_be_is_told_at_its_place_all_at_once(string changes, string[] places)
    {
        await using var service = new ServiceHarness();
        (await service.CompileAsync(changes)).Errors.Select(e => e.Pointer).ShouldBe(places, ignoreOrder: true);
    }
}

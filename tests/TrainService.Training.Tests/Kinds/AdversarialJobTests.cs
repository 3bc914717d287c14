using System.Text.Json;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Training.Inference;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Kinds;

/// <summary>Jobs of kind gan, from their JSON to their end.</summary>
public class AdversarialJobTests
{
    private const string Rest = "\"kind\": \"gan\", \"model\": null, \"loss\": null, \"metrics\": null, \"optimizer\": null";

    private const string Drawing = """
        {"type": "sequential", "layers": [{"type": "dense", "units": 98, "use_bias": false}, "batch_normalization", "relu", {"type": "reshape", "target_shape": [7, 7, 2]},
          {"type": "conv2d_transpose", "filters": 4, "kernel_size": 4, "strides": 2, "padding": "same"}, "batch_normalization", "relu",
          {"type": "conv2d_transpose", "filters": 1, "kernel_size": 4, "strides": 2, "padding": "same"}]}
        """;

    private const string Looking = """
        {"type": "sequential", "layers": [{"type": "reshape", "target_shape": [28, 28, 1]}, {"type": "conv2d", "filters": 4, "kernel_size": 4, "strides": 4, "name": "low"},
          {"type": "dropout", "rate": 0.2}, "flatten", {"type": "dense", "units": 1}]}
        """;

    private const string Pictures = "{" + Rest + """, "dataset": {"name": "synthetic-fashion", "limit": 100}, "epochs": 3, "batch_size": 32, "gan": {"generator":""" + Drawing
        + ", \"discriminator\": " + Looking + ""","latent_size": 5, "samples": 8, "discriminator_steps": 2}}""";

    private static string Points(string gan, string more = "") => "{" + Rest + """, "dataset": {"name": "spirals", "limit": 64, "preprocess": ["standardize"]}, """ + more + "\"gan\": " + gan + "}";

    private const string PointGenerator = """{"type": "sequential", "layers": [{"type": "dense", "units": 8, "activation": "relu"}, {"type": "dense", "units": 2, "activation": "linear"}]}""";
    private const string PointDiscriminator = """{"type": "sequential", "layers": [{"type": "dense", "units": 8}, {"type": "dense", "units": 1}]}""";

    [Fact]
    public async Task What_a_job_leaves_open_is_as_Radford_advises()
    {
        await using var service = new ServiceHarness();
        CompiledSpec compiled = await service.CompileAsync(Pictures);
        compiled.Errors.Select(e => $"{e.Pointer}: {e.Detail}").ShouldBeEmpty();
        compiled.Warnings.ShouldBeEmpty();
        JsonElement resolved = JsonDocument.Parse(compiled.ResolvedJson).RootElement, gan = resolved.GetProperty("gan");
        foreach (string name in new[] { "generator_optimizer", "discriminator_optimizer" })
        {
            gan.GetProperty(name).GetProperty("type").GetString().ShouldBe("adam");
            (gan.GetProperty(name).GetProperty("learning_rate").GetDouble(), gan.GetProperty(name).GetProperty("beta_1").GetDouble()).ShouldBe((0.0002, 0.5));
        }

        JsonElement drawing = gan.GetProperty("generator").GetProperty("layers"), looking = gan.GetProperty("discriminator").GetProperty("layers");
        drawing[7].GetProperty("activation").GetProperty("type").GetString().ShouldBe("tanh");
        drawing[4].GetProperty("activation").GetProperty("type").GetString().ShouldBe("linear");
        drawing[4].GetProperty("kernel_initializer").GetProperty("stddev").GetDouble().ShouldBe(0.02);
        looking[1].GetProperty("activation").GetProperty("type").GetString().ShouldBe("leaky_relu");
        looking[1].GetProperty("activation").GetProperty("negative_slope").GetDouble().ShouldBe(0.2);
        looking[4].GetProperty("activation").GetProperty("type").GetString().ShouldBe("sigmoid");
        JsonElement scaled = resolved.GetProperty("dataset").GetProperty("preprocess")[0];
        (scaled.GetProperty("scale").GetDouble(), scaled.GetProperty("offset").GetDouble()).ShouldBe((2, -1));
        JsonElement summary = JsonDocument.Parse(compiled.SummaryJson).RootElement;
        summary.GetProperty("models").GetProperty("generator").GetProperty("input_shape")[0].GetInt32().ShouldBe(5);
        summary.GetProperty("estimated_seconds_per_epoch").GetDouble().ShouldBeGreaterThan(0);
        summary.GetProperty("peak_memory_bytes").GetInt64().ShouldBeGreaterThan(0);
        summary.GetProperty("leaves").EnumerateObject().Select(l => l.Name).ShouldBe(["final", "final:discriminator"]);
        // What was resolved is understood again, and comes to the same.
        using JsonDocument again = JsonDocument.Parse(compiled.ResolvedJson);
        (await service.Compiler.CompileAsync(again.RootElement, null, default)).ResolvedJson.ShouldBe(compiled.ResolvedJson);
    }

    [Fact]
    public async Task Both_networks_come_out_of_it_and_can_be_asked_and_reused()
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.RunAsync(Pictures);
        job.Status.ShouldBe(JobStatus.Succeeded, job.Reason ?? job.Error?.Detail);
        JsonElement[] epochs = await service.EventsAsync(job.Id, "epoch");
        epochs.Length.ShouldBe(3);
        foreach (string figure in new[] { "generator_loss", "discriminator_loss", "real_loss", "fake_loss", "real_accuracy", "fake_accuracy", "diversity", "gradient_norm" })
            epochs[2].GetProperty(figure).GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        JsonElement sheet = epochs[2].GetProperty("pictures")[0];
        (sheet.GetProperty("name").GetString(), sheet.GetProperty("width").GetInt32(), sheet.GetProperty("height").GetInt32(), sheet.GetProperty("count").GetInt32()).ShouldBe(("samples", 224, 28, 8));

        CheckpointRecord[] saved = [.. (await service.Checkpoints.ListAsync(job.Id, null, 10, default)).Checkpoints];
        CheckpointRecord generator = saved.Single(c => c.Reason == "final"), discriminator = saved.Single(c => c.Reason == "final:discriminator");
        JsonDocument.Parse(job.BestJson!).RootElement.GetProperty("checkpoint").GetString().ShouldBe(generator.Id);
        Prediction drawn = await Asked(service, generator, new[] { new double[5], [1, 2, 3, 4, 5] });
        drawn.Outputs.Select(o => o.Length).ShouldBe([784, 784]);
        drawn.Outputs.SelectMany(o => o).ShouldAllBe(v => v >= -1 && v <= 1);
        // Raw pictures, as the dataset has them: the scaling travels with the discriminator.
        Prediction seen = await Asked(service, discriminator, new[] { Enumerable.Range(0, 28).Select(_ => new double[28]).ToArray() });
        seen.Outputs.ShouldHaveSingleItem().ShouldHaveSingleItem();

        JobRecord next = await service.RunAsync($$$"""
            {"dataset": {"name": "synthetic-fashion", "limit": 60}, "epochs": 1,
             "model": {"from_checkpoint": "{{{discriminator.Id}}}", "until": "low", "append": ["flatten", {"type": "dense", "units": 10, "activation": "softmax"}]}}
            """);
        next.Status.ShouldBe(JobStatus.Succeeded, next.Reason ?? next.Error?.Detail);
        // And both as the beginnings of another gan.
        JobRecord more = await service.RunAsync("{" + Rest + """, "dataset": {"name": "synthetic-fashion", "limit": 60}, "epochs": 1, "gan": {"generator": {"from_checkpoint": """ + $"\"{generator.Id}\""
            + """}, "discriminator": {"from_checkpoint": """ + $"\"{discriminator.Id}\"" + "}}}");
        more.Status.ShouldBe(JobStatus.Succeeded, more.Reason ?? more.Error?.Detail);
        (await service.EventsAsync(more.Id, "log")).Count(e => e.GetProperty("message").GetString()!.StartsWith("Weights of")).ShouldBe(2);
    }

    [Fact]
    public async Task Cut_off_and_taken_up_again_it_ends_in_the_same_bits()
    {
        await using var service = new ServiceHarness();
        string changes = Pictures.Replace("\"epochs\": 3", "\"epochs\": 12");
        JobRecord whole = await service.RunAsync(changes.Replace("\"epochs\": 12", "\"limits\": {\"threads\": 1}, \"epochs\": 12")), job = await service.SubmitAsync(changes);
        JobRecord after = await service.CutOffAsync(job);
        after.Status.ShouldBe(JobStatus.Succeeded, after.Reason ?? after.Error?.Detail);
        (await service.EventsAsync(job.Id, "log")).ShouldContain(e => e.GetProperty("message").GetString()!.StartsWith("Taken up"));
        foreach (string reason in new[] { "final", "final:discriminator" }) (await service.TensorsAsync(after, reason)).ShouldBe(await service.TensorsAsync(whole, reason));
        string Figures(JsonElement e) => string.Join(' ', e.EnumerateObject().Where(p => p.Name is not ("duration_seconds" or "samples_per_second")).Select(p => p.ToString()));
        (await service.EventsAsync(job.Id, "epoch")).Select(Figures).ShouldBe((await service.EventsAsync(whole.Id, "epoch")).Select(Figures));
    }

    private static async Task<Prediction> Asked(ServiceHarness service, CheckpointRecord checkpoint, object inputs)
        => (await service.Prediction.PredictAsync(checkpoint.Id, JsonSerializer.SerializeToElement(new { inputs }), default)).Value!;

    public static TheoryData<string, string[]> Wrong => new()
    {
        { Points("{}"), ["/gan/generator", "/gan/discriminator"] },
        { Points($$$"""{"generator": {{{PointGenerator.Replace("2, ", "3, ")}}}, "discriminator": {{{PointDiscriminator.Replace("1}", "4}")}}}}"""), ["/gan/generator/layers/1", "/gan/discriminator/layers/1"] },
        { Points($$$"""{"generator": {{{PointGenerator}}}, "discriminator": {{{PointDiscriminator.Replace("1}", "1, \"activation\": \"tanh\"}")}}}}"""), ["/gan/discriminator/layers/1"] },
        { Points($$$"""{"generator": {{{PointGenerator}}}, "discriminator": {"type": "sequential", "layers": [{"type": "conv2d", "filters": 3, "kernel_size": 3}]}}"""), ["/gan/discriminator/layers/0"] },
        { Points($$$"""{"generator": {"from_checkpoint": "ckpt_none"}, "discriminator": {{{PointDiscriminator}}}}"""), ["/gan/generator/from_checkpoint"] },
        { Points($$$"""{"generator": {{{PointGenerator}}}, "discriminator": {{{PointDiscriminator}}}, "generator_optimizer": {"type": "adam", "learning_rate": "auto"}, "label_smoothing": 0.6}"""),
            ["/gan/label_smoothing", "/gan/generator_optimizer/learning_rate"] },
        { Points($$$"""{"generator": {{{PointGenerator}}}, "discriminator": {{{PointDiscriminator}}}}""", "\"checkpoint\": {\"monitor\": \"fake_los\"}, \"callbacks\": [\"early_stopping\"], "), ["/callbacks", "/checkpoint/monitor"] },
        { Points($$$"""{"generator": {{{PointGenerator}}}, "discriminator": {{{PointDiscriminator}}}}""").Replace("\"loss\": null", "\"loss\": \"mse\""), ["/loss"] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_cannot_be_is_told_at_its_place_all_at_once(string changes, string[] places)
    {
        await using var service = new ServiceHarness();
        (await service.CompileAsync(changes)).Errors.Select(e => e.Pointer).ShouldBe(places, ignoreOrder: true);
    }

    [Fact]
    public async Task What_goes_against_advice_is_told_too()
    {
        await using var service = new ServiceHarness();
        CompiledSpec compiled = await service.CompileAsync(Points("""
            {"generator": {"type": "sequential", "layers": [{"type": "dense", "units": 8}, {"type": "dense", "units": 8}, {"type": "dense", "units": 2, "activation": "linear"}]},
             "discriminator": {"type": "sequential", "layers": [{"type": "dense", "units": 8, "activation": "relu"}, {"type": "dense", "units": 1}]},
             "generator_optimizer": {"type": "adam", "learning_rate": 0.01, "beta_1": 0.9}}
            """));
        compiled.Warnings.Select(w => (w.Pointer, w.Code)).ShouldBe(
        [
            ("/gan/generator", "gan_without_normalization"), ("/gan/generator/layers/2", "gan_output_range"), ("/gan/discriminator/layers/0", "gan_relu_in_discriminator"),
            ("/gan/generator_optimizer/learning_rate", "gan_rate"), ("/gan/generator_optimizer/beta_1", "gan_momentum"),
            ("/gan/discriminator_optimizer/learning_rate", "gan_rate"), ("/gan/discriminator_optimizer/beta_1", "gan_momentum"),
        ]);
    }

    [Fact]
    public async Task Samples_that_are_all_alike_are_noticed()
    {
        await using var service = new ServiceHarness();
        // Its first layer passes nothing on: whatever the latent numbers are, it draws the same.
        JobRecord job = await service.RunAsync(Points($$$"""
            {"generator": {"type": "sequential", "layers": [{"type": "dense", "units": 8, "kernel_initializer": "zeros", "trainable": false}, {"type": "dense", "units": 2, "activation": "tanh"}]},
             "discriminator": {{{PointDiscriminator}}}}
            """, "\"epochs\": 3, "));
        job.Status.ShouldBe(JobStatus.Succeeded, job.Reason ?? job.Error?.Detail);
        (await service.EventsAsync(job.Id, "warning")).Count(w => w.GetProperty("code").GetString() == "gan_collapse").ShouldBe(1);
        (await service.EventsAsync(job.Id, "epoch"))[2].GetProperty("diversity").GetDouble().ShouldBe(0, 1e-6);
        (await service.EventsAsync(job.Id, "epoch"))[2].TryGetProperty("pictures", out _).ShouldBeFalse();
    }
}

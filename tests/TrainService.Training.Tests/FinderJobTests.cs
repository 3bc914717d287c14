using System.Text.Json;
using TrainService.Jobs;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests;

/// <summary>Jobs that search a learning rate, from their JSON to their end.</summary>
public class FinderJobTests
{
    private const string Sgd = "\"optimizer\": {\"type\": \"sgd\", \"momentum\": 0.9, \"learning_rate\": \"auto\"}";

    [Fact]
    public async Task A_job_of_its_own_kind_answers_with_the_curve_and_suggestions()
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.RunAsync("""{"kind": "lr_find", "optimizer": "sgd", "lr_find": {"start": 1e-5, "end": 100, "steps": 300}}""");

        (job.Status, job.Kind).ShouldBe((JobStatus.Succeeded, "lr_find"));
        JsonElement found = JsonDocument.Parse(job.SummaryJson).RootElement.GetProperty("lr_find"), suggested = found.GetProperty("suggestions");
        JsonElement[] curve = [.. found.GetProperty("curve").EnumerateArray()];
        curve[0].GetProperty("learning_rate").GetDouble().ShouldBe(1e-5);
        curve.Length.ShouldBe(found.GetProperty("steps").GetInt32());
        found.GetProperty("exploded").GetBoolean().ShouldBeTrue();
        double rate = suggested.GetProperty("learning_rate").GetDouble(), minimum = suggested.GetProperty("minimum").GetDouble();
        rate.ShouldBe(minimum / 10, minimum * 0.01);
        suggested.GetProperty("min_lr").GetDouble().ShouldBeLessThan(suggested.GetProperty("max_lr").GetDouble());
        (await service.EventsAsync(job.Id, "log")).ShouldContain(e => e.GetProperty("message").GetString()!.Contains("Suggested") && Has(e, "suggestions"));
        (await service.Checkpoints.ListAsync(job.Id, null, 10, default)).Checkpoints.ShouldBeEmpty();
        (await service.Checkpoints.OpenResumePointAsync(job.Id, default)).ShouldBeNull();
    }

    [Theory]
    [InlineData("{" + Sgd + "}", "sgd")]
    [InlineData("{" + Sgd + """, "schedule": "one_cycle"}""", "sgd")]
    [InlineData("""{"optimizer": {"type": "adam"}, "schedule": {"type": "one_cycle", "max_learning_rate": "auto"}}""", "adam")]
    [InlineData("""{"optimizer": {"type": "sgd"}, "schedule": {"type": "warmup", "steps": 5, "schedule": {"type": "cyclical", "base_lr": "auto", "max_lr": "auto"}}}""", "sgd")]
    public async Task A_rate_left_open_is_chosen_and_training_starts_from_the_untouched_weights(string changes, string optimizer)
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.RunAsync(changes);
        job.Status.ShouldBe(JobStatus.Succeeded, job.Reason);
        (await service.EventsAsync(job.Id, "log")).Count(e => e.GetProperty("message").GetString()!.Contains("Chosen in place of")).ShouldBe(1);
        JsonDocument.Parse(job.SummaryJson).RootElement.GetProperty("lr_find").GetProperty("suggestions").GetProperty("learning_rate").GetDouble().ShouldBeGreaterThan(0);

        // The same job with the chosen numbers written out: the same weights.
        JsonElement resolved = JsonDocument.Parse(job.ResolvedJson).RootElement;
        (resolved.GetProperty("optimizer").GetRawText() + resolved.GetProperty("schedule").GetRawText()).ShouldNotContain("auto");
        resolved.GetProperty("optimizer").GetProperty("type").GetString().ShouldBe(optimizer);
        JobRecord plain = await service.RunAsync($$"""{"optimizer": {{resolved.GetProperty("optimizer").GetRawText()}}, "schedule": {{resolved.GetProperty("schedule").GetRawText()}}}""");
        (await service.LastAsync(plain.Id)).Sha256.ShouldNotBeNullOrEmpty();
        (await TensorsAsync(service, plain)).ShouldBe(await TensorsAsync(service, job));
    }

    [Fact]
    public async Task Of_several_phases_the_first_can_have_its_rate_chosen()
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.RunAsync("""
            {"epochs": null, "phases": [{"epochs": 1, "freeze": ["output"], "optimizer": {"type": "sgd", "learning_rate": "auto"}},
              {"epochs": 1, "unfreeze": ["*"], "optimizer": {"type": "sgd", "learning_rate": 0.001}}]}
            """);
        job.Status.ShouldBe(JobStatus.Succeeded, job.Reason);
        JsonElement phases = JsonDocument.Parse(job.ResolvedJson).RootElement.GetProperty("phases");
        phases[0].GetProperty("optimizer").GetProperty("learning_rate").GetDouble().ShouldBeGreaterThan(0);
        (await service.EventsAsync(job.Id, "log")).ShouldContain(e => e.GetProperty("message").GetString()!.Contains("phases.0.optimizer.learning_rate"));
    }

    [Theory]
    [InlineData("{\"kind\": \"lr_find\", \"optimizer\": \"sgd\", \"lr_find\": {\"steps\": 8000, \"end\": 1e-2}}")]
    [InlineData("{" + Sgd + ", \"epochs\": 3, \"lr_find\": {\"steps\": 8000, \"end\": 0.1}}")]
    public async Task Cut_off_in_the_search_and_taken_up_again_it_finds_the_same(string changes)
    {
        await using var service = new ServiceHarness();
        JobRecord whole = await service.RunAsync(changes), job = await service.SubmitAsync(changes);
        JobRecord after = await service.CutOffAsync(job);
        after.Status.ShouldBe(JobStatus.Succeeded, after.Reason);
        (await service.EventsAsync(job.Id, "log")).ShouldContain(e => e.GetProperty("message").GetString()!.StartsWith("Taken up"));
        Search(after).ShouldBe(Search(whole));
        after.ResolvedJson.ShouldBe(whole.ResolvedJson);
        if (after.Kind == "train") (await TensorsAsync(service, after)).ShouldBe(await TensorsAsync(service, whole));
    }

    [Fact]
    public async Task Where_nothing_can_be_learned_the_default_is_taken_and_it_says_so()
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.RunAsync("{" + Sgd + """, "epochs": 1, "lr_find": {"start": 1e-9, "end": 1e-8, "steps": 50}}""");
        job.Status.ShouldBe(JobStatus.Succeeded, job.Reason);
        JsonDocument.Parse(job.ResolvedJson).RootElement.GetProperty("optimizer").GetProperty("learning_rate").GetDouble().ShouldBe(0.01);
        (await service.EventsAsync(job.Id, "log")).ShouldContain(e => e.GetProperty("message").GetString()!.Contains("the default was taken"));
    }

    [Theory]
    [InlineData("""{"lr_find": {"steps": 50}}""", "/lr_find")]
    [InlineData("""{"kind": "lr_find", "lr_find": {"steps": 50, "epochs": 1}}""", "/lr_find/epochs")]
    [InlineData("""{"kind": "lr_find", "lr_find": {"start": 1, "end": 0.1}}""", "/lr_find/end")]
    [InlineData("{" + Sgd + """, "schedule": {"type": "one_cycle", "max_learning_rate": 0.1}}""", "/optimizer/learning_rate")]
    [InlineData("""{"epochs": null, "phases": [{"epochs": 1}, {"epochs": 2, "optimizer": {"type": "sgd", "learning_rate": "auto"}}]}""", "/phases/1/optimizer/learning_rate")]
    [InlineData("""{"schedule": {"type": "one_cycle", "initial_learning_rate": 0.1}}""", "/schedule/initial_learning_rate")]
    public async Task What_makes_no_search_is_an_error_at_its_place(string changes, string pointer)
    {
        await using var service = new ServiceHarness();
        ServiceHarness.Places((await service.CompileAsync(changes)).Errors).ShouldBe([(pointer, "conflict")]);
    }

    [Fact]
    public async Task How_long_the_search_is_is_resolved()
    {
        await using var service = new ServiceHarness();
        Steps((await service.CompileAsync("""{"kind": "lr_find"}""")).ResolvedJson).ShouldBe(200);
        // 240 rows in batches of 16: 15 steps an epoch.
        Steps((await service.CompileAsync("""{"kind": "lr_find", "lr_find": {"epochs": 4}}""")).ResolvedJson).ShouldBe(60);
        JsonDocument.Parse((await service.CompileAsync()).ResolvedJson).RootElement.GetProperty("lr_find").ValueKind.ShouldBe(JsonValueKind.Null);

        static int Steps(string resolved) => JsonDocument.Parse(resolved).RootElement.GetProperty("lr_find").GetProperty("steps").GetInt32();
    }

    private static bool Has(JsonElement e, string name) => e.TryGetProperty(name, out _);

    private static string Search(JobRecord job) => JsonDocument.Parse(job.SummaryJson).RootElement.GetProperty("lr_find").GetRawText();

    private static async Task<string> TensorsAsync(ServiceHarness service, JobRecord job)
    {
        await using Stream file = await service.Checkpoints.OpenAsync(await service.LastAsync(job.Id), default);
        return string.Join(' ', TrainService.Formats.Safetensors.SafetensorsFile.Read(file).Arrays.OrderBy(a => a.Name, StringComparer.Ordinal)
            .Select(a => a.Name + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(a.Bytes))));
    }
}

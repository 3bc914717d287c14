using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage;
using Xunit.Abstractions;

namespace TrainService.Soak.Tests;

/// <summary>Ten thousand jobs: accepted, each on disk, and found again by a restart. Long form: TRAINSERVICE_MANY_JOBS=10000.</summary>
public sealed class ManyJobsTests(ITestOutputHelper output)
{
    private const int Connections = 16;

    private static int Wanted => LongForm.Number("TRAINSERVICE_MANY_JOBS", 300);

    [Fact]
    public async Task What_was_accepted_is_on_disk()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();

        // Holds the only place: the others wait, as they would behind a real training.
        string first = await server.Http.SubmitAsync(Blocking());
        await server.Http.WaitForAsync(first, "running");
        string body = Specs.Small(epochs: 1).ToJsonString();
        for (int i = 0; i < 200; i++)
            await PostAsync(server.Http, body);

        ConcurrentBag<(string Id, double Milliseconds)> accepted = [];
        int left = Wanted;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
                accepted.Add(await PostAsync(server.Http, body));
        })));
        double seconds = clock.Elapsed.TotalSeconds;
        await server.KillAsync();

        double[] sorted = [.. accepted.Select(a => a.Milliseconds).Order()];
        output.WriteLine($"POST /jobs, {Connections} connections: {Wanted} jobs in {seconds:0.0} s, {Wanted / seconds:0} a second; "
            + $"median {sorted[Wanted / 2]:0.0} ms, 99th percentile {sorted[(int)(Wanted * 0.99)]:0.0} ms, worst {sorted[^1]:0.0} ms");
        await using TrainStorage storage = await TrainStorage.OpenAsync(new StorageOptions(server.Data));
        HashSet<string> stored = [.. (await storage.Jobs.UnfinishedAsync(default)).Select(j => j.Id)];
        accepted.Count.ShouldBe(Wanted);
        accepted.ShouldAllBe(a => stored.Contains(a.Id));
    }

    [Fact]
    public async Task A_restart_finds_them_all()
    {
        int queued = Wanted, finished = Wanted / 10;
        await using ServerProcess server = await ServerProcess.StartAsync();
        JsonNode spec = Specs.Small(epochs: 1);
        JsonNode model = await server.Http.WaitForAsync(await server.Http.SubmitAsync(spec), "succeeded");
        await server.KillAsync();
        await using (TrainStorage storage = await TrainStorage.OpenAsync(new StorageOptions(server.Data)))
            await Task.WhenAll(Enumerable.Range(0, queued + finished).Select(i => StoreAsync(storage.Jobs, model, finished: i < finished)));

        var clock = Stopwatch.StartNew();
        await server.StartAgainAsync(("TRAINSERVICE__THREADS", "1"));
        double seconds = clock.Elapsed.TotalSeconds;

        output.WriteLine($"Ready {seconds:0.00} s after the start of the process, with {queued} queued and {finished} finished jobs");
        JsonNode page = await server.Http.GetJsonAsync("/jobs?status=queued&limit=200");
        page["jobs"]!.AsArray().Count.ShouldBe(200);
        await Wait.UntilAsync(async () => (await server.Http.GetJsonAsync("/jobs?status=succeeded&limit=200"))["jobs"]!.AsArray().Count > Math.Min(finished, 190), "the first of them is through");
    }

    private static JsonNode Blocking()
    {
        JsonNode spec = Specs.Endless();
        spec["limits"] = new JsonObject { ["threads"] = 1 };
        return spec;
    }

    private static async Task<(string Id, double Milliseconds)> PostAsync(HttpClient http, string body)
    {
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage answer = await http.PostAsync("/jobs", ApiClient.Json(body));
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return (answer.Headers.Location!.OriginalString["/jobs/".Length..], milliseconds);
    }

    private static async Task StoreAsync(IJobStore store, JsonNode model, bool finished)
    {
        DateTimeOffset now = Times.Truncate(DateTimeOffset.UtcNow);
        JobRecord job = new()
        {
            Id = Ids.New("job"), Kind = "train", Status = JobStatus.Queued, SpecJson = model["spec"]!.ToJsonString(), ResolvedJson = model["resolved"]!.ToJsonString(),
            SummaryJson = model["summary"]!.ToJsonString(), WarningsJson = "[]", CreatedAt = now, QueuedAt = now, MaxAttempts = 3,
        };
        await store.SubmitAsync(job, null, default);
        if (!finished)
            return;
        string token = Ids.New("run");
        await store.MoveAsync(new(job.Id, JobAction.Start, NewRunToken: token), default);
        await store.ReportAsync(new(job.Id, token) { Events = [.. Enumerable.Range(1, 20).Select(i => new NewJobEvent("epoch", JsonSerializer.Serialize(new { epoch = i, loss = 1.0 / i })))] }, default);
        await store.MoveAsync(new(job.Id, JobAction.Succeed, token), default);
    }
}

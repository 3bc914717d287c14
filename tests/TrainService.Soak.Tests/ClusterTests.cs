using System.Diagnostics;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using Xunit.Abstractions;

namespace TrainService.Soak.Tests;

/// <summary>Real processes over one PostgreSQL: API and workers apart, one of them killed, stopped or told to end.</summary>
public sealed class ClusterTests(ITestOutputHelper output)
{
    private const string Crashes = "TRAINSERVICE_CLUSTER_CRASHES";

    [PostgresFact]
    public async Task A_job_goes_on_elsewhere_to_the_same_bits_when_its_worker_is_killed_or_told_to_end()
    {
        await using ClusterNodes nodes = new();
        ServerProcess api = await nodes.StartAsync("api"), first = await nodes.StartAsync("worker", threads: 2);
        string undisturbed = await SubmitAsync(api.Http);
        await api.Http.WaitForAsync(undisturbed, "succeeded");
        Outcome expected = await Outcome.OfAsync(api.Http, undisturbed);

        string id = await SubmitAsync(api.Http);
        await EpochsAsync(api.Http, id, 20);
        await first.KillAsync();
        var clock = Stopwatch.StartNew();
        ServerProcess second = await nodes.StartAsync("worker", threads: 1);
        await AttemptAsync(api.Http, id, 2);
        output.WriteLine($"killed, taken up {clock.Elapsed.TotalSeconds:0.0} s later (lease {ClusterNodes.LeaseSeconds} s)");

        ServerProcess third = await nodes.StartAsync("all", threads: 2);
        await EpochsAsync(api.Http, id, 40);
        clock.Restart();
        (await second.TerminateAsync(TimeSpan.FromSeconds(30))).ShouldBe(0);
        await AttemptAsync(api.Http, id, 3);
        output.WriteLine($"told to end, taken up {clock.Elapsed.TotalSeconds:0.0} s later");

        // Both doors hear every event, whoever trains.
        await Task.WhenAll(FollowAsync(api.Http, id), FollowAsync(third.Http, id));
        (await Outcome.OfAsync(api.Http, id)).ShouldBe(expected);
        (await Outcome.OfAsync(third.Http, id)).ShouldBe(expected);
    }

    [PostgresFact]
    public async Task A_worker_that_was_stopped_beyond_its_lease_and_goes_on_publishes_nothing()
    {
        await using ClusterNodes nodes = new();
        ServerProcess api = await nodes.StartAsync("api"), zombie = await nodes.StartAsync("worker");
        string undisturbed = await SubmitAsync(api.Http);
        await api.Http.WaitForAsync(undisturbed, "succeeded");
        Outcome expected = await Outcome.OfAsync(api.Http, undisturbed);

        string id = await SubmitAsync(api.Http);
        await EpochsAsync(api.Http, id, 20);
        await SignalAsync("STOP", zombie.ProcessId);
        ServerProcess heir = await nodes.StartAsync("worker");
        await AttemptAsync(api.Http, id, 2);
        await SignalAsync("CONT", zombie.ProcessId);

        // Both train now, and one of them counts.
        JsonNode job = await api.Http.WaitForAsync(id, "succeeded");
        job["attempt"]!.GetValue<int>().ShouldBe(2);
        (await Outcome.OfAsync(api.Http, id)).ShouldBe(expected);
        await Wait.UntilAsync(() => Task.FromResult(zombie.Output.Contains("is not this run's any more", StringComparison.Ordinal)), "the zombie has noticed");
        (await Outcome.OfAsync(api.Http, id)).ShouldBe(expected);

        // It is a worker like any other again.
        await heir.KillAsync();
        string next = await SubmitAsync(api.Http);
        await api.Http.WaitForAsync(next, "succeeded");
        (await Outcome.OfAsync(api.Http, next)).ShouldBe(expected);
    }

    [PostgresFact]
    public async Task What_is_asked_of_one_process_another_does_at_once()
    {
        await using ClusterNodes nodes = new();
        ServerProcess api = await nodes.StartAsync("api"), worker = await nodes.StartAsync("worker");
        string id = await api.Http.SubmitAsync(Specs.Endless());
        var clock = Stopwatch.StartNew();
        await api.Http.WaitForAsync(id, "running");
        output.WriteLine($"submitted here, started there {clock.ElapsedMilliseconds} ms later");
        await EpochsAsync(api.Http, id, 1);
        clock.Restart();
        await api.Http.ActAsync(id, "pause");
        await api.Http.WaitForAsync(id, "paused");
        output.WriteLine($"paused after {clock.ElapsedMilliseconds} ms");
        await api.Http.ActAsync(id, "resume");
        await AttemptAsync(api.Http, id, 2);
        await api.Http.ActAsync(id, "cancel");
        string next = await api.Http.SubmitAsync(Specs.Small(epochs: 2));
        await api.Http.WaitForAsync(next, "succeeded");
        worker.Output.ShouldContain("the job is cancelled");
        using HttpResponseMessage closed = await worker.Http.GetAsync("/jobs");
        await closed.ShouldBeProblemAsync(404);
    }

    /// <summary>Long form only: TRAINSERVICE_CLUSTER_CRASHES=40 (about 6 minutes).</summary>
    [PostgresFact(OnlyWith = Crashes)]
    public async Task Workers_killed_stopped_and_told_to_end_at_random_lose_and_change_nothing()
    {
        int wanted = LongForm.Number(Crashes, 0);
        Random random = new(LongForm.Number("TRAINSERVICE_CRASH_SEED", 1));
        await using ClusterNodes nodes = new();
        ServerProcess api = await nodes.StartAsync("api");
        List<ServerProcess> workers = [await nodes.StartAsync("worker", threads: 2), await nodes.StartAsync("worker")];
        Dictionary<string, Outcome> undisturbed = [];
        foreach (string network in Networks.Names)
        {
            string first = await api.Http.SubmitAsync(Networks.Spec(network));
            await api.Http.WaitForAsync(first, "succeeded");
            undisturbed[network] = await Outcome.OfAsync(api.Http, first);
        }
        List<(string Id, string Network)> jobs = [];
        Dictionary<string, int> done = [];
        for (int i = 0; i < wanted; i++)
        {
            for (int open = 0; open < 3 && jobs.Count < 3 + (i / 2); open++)
                jobs.Add((await api.Http.SubmitAsync(Networks.Spec(Networks.Names[jobs.Count % 3])), Networks.Names[jobs.Count % 3]));
            await Task.Delay(random.Next(200, 4000));
            ServerProcess victim = workers[random.Next(workers.Count)];
            string how = new[] { "kills", "kills", "stops beyond the lease", "terminations" }[random.Next(4)];
            done[how] = done.GetValueOrDefault(how) + 1;
            if (how == "stops beyond the lease")
            {
                await SignalAsync("STOP", victim.ProcessId);
                await Task.Delay(TimeSpan.FromSeconds(ClusterNodes.LeaseSeconds * 2));
                await SignalAsync("CONT", victim.ProcessId);
                continue;
            }
            if (how == "kills")
                await victim.KillAsync();
            else
                (await victim.TerminateAsync(TimeSpan.FromSeconds(30))).ShouldBe(0);
            workers.Remove(victim);
            workers.Add(await nodes.StartAsync("worker", threads: random.Next(1, 4)));
        }
        int runs = 0;
        foreach ((string id, string network) in jobs)
        {
            runs += (await api.Http.WaitForAsync(id, "succeeded"))["attempt"]!.GetValue<int>();
            (await Outcome.OfAsync(api.Http, id)).ShouldBe(undisturbed[network], $"{network} {id}");
        }
        output.WriteLine($"{string.Join(", ", done.Select(d => $"{d.Value} {d.Key}"))}: {jobs.Count} jobs in {runs} runs, all as undisturbed");
    }

    private static Task<string> SubmitAsync(HttpClient http) => http.SubmitAsync(Networks.Spec("normalized"));

    private static Task EpochsAsync(HttpClient http, string id, int epochs)
        => Wait.UntilAsync(async () => (await http.GetJsonAsync($"/jobs/{id}"))["progress"]?["epoch"]?.GetValue<int>() >= epochs, $"{epochs} epochs are through");

    private static Task AttemptAsync(HttpClient http, string id, int attempt)
        => Wait.UntilAsync(async () => (await http.GetJsonAsync($"/jobs/{id}"))["attempt"]!.GetValue<int>() >= attempt, $"attempt {attempt} has begun");

    private static async Task FollowAsync(HttpClient http, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/jobs/{id}/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using HttpResponseMessage stream = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        (await stream.Content.ReadAsStringAsync()).ShouldContain("succeeded");
    }

    private static async Task SignalAsync(string signal, int process)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        await kill.WaitForExitAsync();
    }
}

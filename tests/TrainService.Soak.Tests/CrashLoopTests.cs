using System.Diagnostics;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using Xunit.Abstractions;

namespace TrainService.Soak.Tests;

/// <summary>
/// Real processes, killed at random moments while they train, on 1 to 4 threads: no job is lost, no event doubled or missing, and every one ends in
/// the bits of an undisturbed run. Long form: TRAINSERVICE_CRASHES=500 (about 20 minutes).
/// </summary>
public sealed class CrashLoopTests(ITestOutputHelper output)
{
    private const int AtATime = 3;

    /// <summary>In the long form the other kinds of runs too.</summary>
    private static IReadOnlyList<string> Broken { get; } = LongForm.Number("TRAINSERVICE_CRASHES", 5) > 20 ? [.. Networks.Others, .. Networks.Names] : Networks.Names;

    private readonly Random _random = new(LongForm.Number("TRAINSERVICE_CRASH_SEED", 1));
    private readonly Dictionary<string, int> _done = [];

    [Fact]
    public async Task Whatever_is_killed_whenever_every_job_ends_as_if_nothing_had_happened()
    {
        int wanted = LongForm.Number("TRAINSERVICE_CRASHES", 5), kills = 0, attempts = 0;
        Dictionary<string, Outcome> undisturbed = await UndisturbedAsync();
        var clock = Stopwatch.StartNew();
        List<(string Id, string Network)> open = [];
        int submitted = 0, finished = 0;
        await using ServerProcess server = await ServerProcess.StartAsync(Settings());
        while (true)
        {
            foreach ((string id, string network) in open.ToList())
            {
                JsonNode job = await server.Http.GetJsonAsync($"/jobs/{id}");
                if (!job["terminal"]!.GetValue<bool>())
                    continue;
                (await Outcome.OfAsync(server.Http, id)).ShouldBe(undisturbed[network], $"{network} {id} differs from the undisturbed one");
                attempts += job["attempt"]!.GetValue<int>();
                open.Remove((id, network));
                finished++;
            }
            if (kills >= wanted && open.Count == 0)
                break;
            while (kills < wanted && open.Count < AtATime)
            {
                string network = Broken[submitted++ % Broken.Count];
                open.Add((await server.Http.SubmitAsync(Networks.Spec(network)), network));
            }
            if (kills >= wanted)
            {
                await Task.Delay(100);
                continue;
            }
            kills += await DisturbAsync(server, open);
        }
        string rest = string.Join(", ", _done.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => $"{d.Value} {d.Key}"));
        output.WriteLine($"{kills} kills, {finished} jobs in {attempts} runs, all as undisturbed, in {clock.Elapsed.TotalMinutes:0.0} min; besides: {rest}");
        finished.ShouldBe(submitted);
    }

    /// <summary>Lets it train for a moment, then breaks it off in one of several ways and starts it again. How many kills that was.</summary>
    private async Task<int> DisturbAsync(ServerProcess server, List<(string Id, string Network)> open)
    {
        await Task.Delay(_random.Next(20, 900));
        int kind = _random.Next(100);
        if (kind < 12)
        {
            Count("pauses");
            string id = open[_random.Next(open.Count)].Id;
            using HttpResponseMessage paused = await server.Http.PostAsync($"/jobs/{id}/pause", null);
            await Task.Delay(_random.Next(0, 300));
            using HttpResponseMessage resumed = await server.Http.PostAsync($"/jobs/{id}/resume", null);
            return 0;
        }
        if (kind < 18)
        {
            Count("freezes (SIGSTOP, SIGCONT)");
            await SignalAsync("STOP", server.ProcessId);
            await Task.Delay(_random.Next(100, 700));
            await SignalAsync("CONT", server.ProcessId);
            return 0;
        }
        if (kind < 28)
        {
            Count("terminations (SIGTERM)");
            (await server.TerminateAsync(TimeSpan.FromSeconds(30))).ShouldBe(0);
            await server.StartAgainAsync(Settings());
            return 0;
        }
        await server.KillAsync();
        if (kind < 45)
            Damage(server.Data);
        await server.StartAgainAsync(Settings());
        return 1;
    }

    /// <summary>What a crash of the machine may do to the file that was written last: the one before it must be taken.</summary>
    private void Damage(string data)
    {
        string folder = Path.Combine(data, "resume");
        FileInfo[] files = [.. Directory.EnumerateFiles(folder, "*.resume", SearchOption.AllDirectories).Select(f => new FileInfo(f)).OrderByDescending(f => f.LastWriteTimeUtc)];
        if (files.Length == 0)
            return;
        Count("damaged resume points");
        using FileStream file = files[0].Open(FileMode.Open, FileAccess.ReadWrite);
        if (_random.Next(2) == 0)
        {
            file.SetLength(_random.NextInt64(file.Length));
            return;
        }
        file.Position = _random.NextInt64(file.Length);
        int old = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(old ^ (1 << _random.Next(8))));
    }

    private async Task<Dictionary<string, Outcome>> UndisturbedAsync()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(Settings(threads: 2));
        Dictionary<string, Outcome> outcomes = [];
        foreach (string network in Broken)
        {
            var clock = Stopwatch.StartNew();
            string id = await server.Http.SubmitAsync(Networks.Spec(network));
            await server.Http.WaitForAsync(id, "succeeded");
            output.WriteLine($"{network} alone: {clock.Elapsed.TotalSeconds:0.0} s");
            outcomes[network] = await Outcome.OfAsync(server.Http, id);
        }
        return outcomes;
    }

    // The limit of lost processes is for jobs that kill their process; here somebody else does, perhaps before anything could be saved.
    private (string Name, string Value)[] Settings(int? threads = null) =>
    [
        ("TRAINSERVICE__THREADS", $"{threads ?? _random.Next(1, 5)}"), ("TRAINSERVICE__CONCURRENTJOBS", $"{AtATime}"),
        ("TRAINSERVICE__RESUMESECONDS", "0.05"), ("TRAINSERVICE__MAXPROCESSLOSSES", "1000"),
    ];

    private void Count(string what) => _done[what] = _done.GetValueOrDefault(what) + 1;

    private static async Task SignalAsync(string signal, int process)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        await kill.WaitForExitAsync();
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests.Crash;

/// <summary>A real process, killed with SIGKILL in the middle of its writes, again and again on one folder.</summary>
public sealed class CrashTests
{
    private const int Rounds = 5;

    [Fact]
    public async Task Nothing_that_was_promised_is_lost_and_nothing_is_half_there()
    {
        string folder = Directory.CreateTempSubdirectory("tscrash").FullName;
        HashSet<string> jobs = [];
        HashSet<string> checkpoints = [];
        for (int round = 0; round < Rounds; round++)
        {
            // Later in some rounds than in others, so that the kill meets different work.
            List<string> promises = await RunUntilKilledAsync(folder, 40 + (round * 170));
            jobs.UnionWith(Of(promises, "job"));
            checkpoints.UnionWith(Of(promises, "checkpoint"));

            await using TrainStorage storage = await TrainStorage.OpenAsync(new(folder));
            HashSet<string> stored = [.. (await storage.Jobs.UnfinishedAsync(default)).Select(u => u.Id)];
            jobs.ShouldBeSubsetOf(stored);
            foreach (string id in stored)
                await CheckLogAsync(storage, id);
            if (Of(promises, "run").SingleOrDefault() is { } run)
                await CheckRunAsync(storage, run, promises);

            // Every row has its whole file; a file without a row is left to the sweep.
            IReadOnlyList<CheckpointRecord> rows = (await storage.Checkpoints.ListAsync(null, null, 1000, default)).Checkpoints;
            checkpoints.ShouldBeSubsetOf(rows.Select(c => c.Id));
            foreach (CheckpointRecord row in rows)
                (await storage.Checkpoints.ReadAsync(row)).ShouldBe(CrashWriter.State((int)row.Step));
        }
        await using (SqliteConnection connection = new($"Data Source={Path.Combine(folder, "trainservice.db")};Pooling=False"))
            (await connection.QuerySingleAsync<string>("PRAGMA integrity_check")).ShouldBe("ok");
        Directory.Delete(folder, recursive: true);
    }

    private static async Task CheckLogAsync(TrainStorage storage, string id)
    {
        JobRecord job = (await storage.Jobs.FindAsync(id, default))!;
        IReadOnlyList<JobEvent> log = await storage.Jobs.LogAsync(id);
        int expected = (int)Math.Min(job.LastSeq, 1000);
        log.Select(e => e.Seq).ShouldBe(Enumerable.Range(1, expected).Select(i => (long)i));
    }

    private static async Task CheckRunAsync(TrainStorage storage, string run, List<string> promises)
    {
        // Both events of a step or none, and no step that was promised is missing.
        int[] steps = [.. (await storage.Jobs.EventsOfTypeAsync(run, "progress", default)).Select(e => JsonDocument.Parse(e.DataJson).RootElement.GetProperty("n").GetInt32())];
        steps.ShouldBe(Enumerable.Range(1, steps.Length / 2).SelectMany(n => new[] { n, -n }));
        (steps.Length / 2).ShouldBeGreaterThanOrEqualTo(Newest(promises, "step"));

        // The newest resume point that was promised, or the one that was just being finished.
        int promised = Newest(promises, "resume");
        byte[]? state = await storage.Checkpoints.ReadResumePointAsync(run);
        if (promised > 0 || state is not null)
            new[] { CrashWriter.State(promised), CrashWriter.State(promised + 3) }.ShouldContain(s => Enumerable.SequenceEqual(s, state!));
    }

    private static async Task<List<string>> RunUntilKilledAsync(string folder, int afterPromises)
    {
        ProcessStartInfo start = new("dotnet", [typeof(CrashWriter).Assembly.Location, folder]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        List<string> promises = [];
        try
        {
            while (promises.Count < afterPromises)
                promises.Add(await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The writer ended by itself."));
        }
        finally
        {
            process.Kill();
        }

        // What it still said before it died was promised too; the last line may be cut off.
        string rest = await process.StandardOutput.ReadToEndAsync();
        promises.AddRange(rest[..(rest.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await process.WaitForExitAsync();
        return promises;
    }

    private static IEnumerable<string> Of(IEnumerable<string> promises, string what)
        => promises.Where(p => p.StartsWith(what + " ", StringComparison.Ordinal)).Select(p => p[(what.Length + 1)..]);

    private static int Newest(IEnumerable<string> promises, string what)
        => Of(promises, what).Select(p => int.Parse(p, CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Max();
}

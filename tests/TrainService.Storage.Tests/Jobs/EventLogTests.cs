using Dapper;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Database;
using TrainService.Storage.Jobs;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests.Jobs;

[Collection(StorageCollection.Name)]
public sealed class EventLogTests(StorageFixture fixture)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task A_report_keeps_what_it_leaves_out(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();
        JobProgress progress = new(1, 10, 500, 1000, 0.05, 12345.6, 60, TimeProvider.System.Now());

        await storage.Jobs.ReportAsync(new(run.Id, run.RunToken!) { Progress = progress, Phase = 0, LatestJson = """{"loss":1}""" }, default);
        await storage.Jobs.ReportAsync(new(run.Id, run.RunToken!) { BestJson = """{"epoch":1}""" }, default);

        (await storage.Jobs.FindAsync(run.Id, default)).ShouldBeEquivalentTo(run with
        {
            Progress = progress,
            Phase = 0,
            LatestJson = """{"loss":1}""",
            BestJson = """{"epoch":1}""",
            Version = run.Version + 2,
        });
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task What_a_run_has_worked_out_of_its_spec_takes_the_place_of_what_stood_there(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();

        (await storage.Jobs.ReportAsync(new(run.Id, "run_other") { ResolvedJson = "{}" }, default)).ShouldBeFalse();
        await storage.Jobs.ReportAsync(new(run.Id, run.RunToken!) { ResolvedJson = """{"rate":0.1}""" }, default);
        await storage.Jobs.ReportAsync(new(run.Id, run.RunToken!) { SummaryJson = """{"found":[1,2]}""" }, default);

        (await storage.Jobs.FindAsync(run.Id, default)).ShouldBeEquivalentTo(run with
        {
            ResolvedJson = """{"rate":0.1}""",
            SummaryJson = """{"found":[1,2]}""",
            Version = run.Version + 2,
        });
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Numbers_have_no_gap_and_no_duplicate_under_concurrent_writers(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            for (int i = 0; i < 25; i++)
                (await storage.Jobs.ReportAsync(new(run.Id, run.RunToken!) { Events = [Some.Event(w), Some.Event(w)] }, default)).ShouldBeTrue();
        })));

        (await storage.Jobs.LogAsync(run.Id)).Select(e => e.Seq).ShouldBe(Enumerable.Range(1, 402).Select(i => (long)i));
        (await storage.Jobs.FindAsync(run.Id, default))!.LastSeq.ShouldBe(402);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_keyed_event_is_logged_once_and_leaves_no_gap(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();

        await storage.Jobs.ReportAsync(new(run.Id, run.RunToken!) { Events = [Some.Event(1, "epoch", "epoch:1"), Some.Event(2)] }, default);
        await storage.Jobs.ReportAsync(new(run.Id, run.RunToken!)
        {
            Events = [Some.Event(3, "epoch", "epoch:1"), Some.Event(4, "epoch", "epoch:2"), Some.Event(5, "epoch", "epoch:2"), Some.Event(6)],
        }, default);

        IReadOnlyList<JobEvent> log = await storage.Jobs.EventsAsync(run.Id, 2, 100, default);
        log.Select(e => (e.Seq, e.DataJson)).ShouldBe([(3L, """{"n":1}"""), (4L, """{"n":2}"""), (5L, """{"n":4}"""), (6L, """{"n":6}""")]);
        (await storage.Jobs.EventsOfTypeAsync(run.Id, "epoch", default)).Select(e => e.Seq).ShouldBe([3, 5]);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_sample_is_evenly_spaced_and_has_both_ends(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();
        await storage.Jobs.ReportAsync(new(run.Id, run.RunToken!) { Events = [.. Enumerable.Range(1, 200).Select(i => Some.Event(i, i % 2 == 0 ? "epoch" : "progress"))] }, default);

        long[] all = [.. (await storage.Jobs.EventsOfTypeAsync(run.Id, "epoch", default)).Select(e => e.Seq)];
        foreach (int most in new[] { 2, 3, 7, 64, 99, 100, 5000 })
        {
            long[] some = [.. (await storage.Jobs.EventSampleAsync(run.Id, "epoch", most, default)).Select(e => e.Seq)];
            some.Length.ShouldBe(Math.Min(most, all.Length));
            (some[0], some[^1]).ShouldBe((all[0], all[^1]));
            some.ShouldBeSubsetOf(all);
            // No gap is wider than its share, by more than one epoch.
            some.Zip(some.Skip(1), (a, b) => (b - a) / 2).Max().ShouldBeLessThanOrEqualTo((99 / Math.Max(1, some.Length - 1)) + 1);
        }

        (await storage.Jobs.EventSampleAsync(run.Id, "nothing", 5, default)).ShouldBeEmpty();
        (await storage.Jobs.EventSampleAsync("job_none", "epoch", 5, default)).ShouldBeEmpty();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_sample_of_a_very_long_log_is_looked_up(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();
        for (int i = 0; i < 6; i++)
            await storage.Jobs.ReportAsync(new(run.Id, run.RunToken!) { Events = [.. Enumerable.Range(1, 1000).Select(n => Some.Event(n, "epoch"))] }, default);

        long[] some = [.. (await storage.Jobs.EventSampleAsync(run.Id, "epoch", 500, default)).Select(e => e.Seq)];
        some.Length.ShouldBe(500);
        (some[0], some[^1]).ShouldBe((3, 6_002));
        some.Zip(some.Skip(1), (a, b) => b - a).ShouldAllBe(gap => gap == 12 || gap == 13);
        (await storage.Jobs.EventSampleAsync(run.Id, "nothing", 5, default)).ShouldBeEmpty();
    }

    // Its work must not grow with the log: SQLite, left to choose, went through all of it and through all the places for each event.
    [Fact]
    public async Task A_sample_looks_up_each_place_in_sqlite()
    {
        string folder = Directory.CreateTempSubdirectory("tsplan").FullName;
        await using (SqliteDatabase database = await SqliteDatabase.OpenAsync(Path.Combine(folder, "plan.db"), default))
        {
            IEnumerable<string> plan = await database.ReadAsync(
                async db => (await db.QueryAsync<(long, long, long, string)>($"EXPLAIN QUERY PLAN {EventLog.LookedUp}", new { jobId = "job_1", type = "epoch", most = 2000L })).Select(r => r.Item4), default);
            plan.ShouldContain("SEARCH e USING PRIMARY KEY (job_id=? AND seq=?)");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Pages_of_the_log_start_after_the_number_given(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();
        await storage.Jobs.ReportAsync(new(run.Id, run.RunToken!) { Events = [.. Enumerable.Range(0, 8).Select(i => Some.Event(i))] }, default);

        (await storage.Jobs.EventsAsync(run.Id, 3, 4, default)).Select(e => e.Seq).ShouldBe([4, 5, 6, 7]);
        (await storage.Jobs.EventsAsync(run.Id, 10, 4, default)).ShouldBeEmpty();
    }

    /// <summary>While writers append, a follower that stops and comes back sees each event once, in order, and ends with the job.</summary>
    [Theory, OnSqlite, OnPostgres]
    public async Task Followers_see_every_event_once_and_end_with_the_job(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        InProcessDoorbell bell = new();
        EventStream stream = new(storage.Jobs, bell);
        JobRecord run = await storage.Jobs.RunningAsync();

        Task<List<JobEvent>>[] followers = [.. Enumerable.Range(0, 6).Select(f => Task.Run(async () =>
        {
            List<JobEvent> seen = [];
            Random random = new(f);
            while (seen.Count == 0 || seen[^1].DataJson.Contains("succeeded", StringComparison.Ordinal) is false)
            {
                int upTo = seen.Count + random.Next(1, 200);
                await foreach (JobEvent e in stream.FollowAsync(run.Id, seen.Count == 0 ? 0 : seen[^1].Seq, default))
                {
                    seen.Add(e);
                    if (seen.Count == upTo)
                        break;
                }
            }
            return seen;
        }))];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                await storage.Jobs.ReportAsync(new(run.Id, run.RunToken!) { Events = [.. Enumerable.Range(0, 1 + (i % 4)).Select(n => Some.Event(n))] }, default);
                bell.Ring(run.Id);
            }
        })));
        MoveOutcome end = await storage.Jobs.MoveAsync(new(run.Id, JobAction.Succeed, run.RunToken), default);
        bell.Ring(run.Id);

        foreach (Task<List<JobEvent>> follower in followers)
            (await follower).Select(e => e.Seq).ShouldBe(Enumerable.Range(1, (int)end.Job!.LastSeq).Select(i => (long)i));
    }
}

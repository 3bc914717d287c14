using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests.Jobs;

[Collection(StorageCollection.Name)]
public sealed class MoveTests(StorageFixture fixture)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task A_move_writes_row_and_event_together(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord running = await storage.Jobs.RunningAsync();

        MoveOutcome outcome = await storage.Jobs.MoveAsync(new(running.Id, JobAction.Fail, running.RunToken, "It broke.",
            new(ErrorClass.User, "No such column."))
        { Events = [Some.Event(1), Some.Event(2)] }, default);

        outcome.Result.ShouldBe(MoveResult.Moved);
        outcome.Legal.ShouldBeEmpty();
        JobRecord job = outcome.Job!;
        (job.Status, job.Reason, job.Error, job.RunToken, job.LastSeq, job.Attempt).ShouldBe(
            (JobStatus.Failed, "It broke.", new JobError("user", "No such column."), null, 5, 1));
        job.FinishedAt.ShouldNotBeNull();
        (await storage.Jobs.FindAsync(job.Id, default)).ShouldBeEquivalentTo(job);

        IReadOnlyList<JobEvent> log = await storage.Jobs.LogAsync(job.Id);
        log.Select(e => e.Seq).ShouldBe([1, 2, 3, 4, 5]);
        log.Select(e => e.Type).ShouldBe(["status", "status", "progress", "progress", "status"]);
        log[^1].DataJson.ShouldBe("""{"status":"failed","attempt":1,"reason":"It broke.","error":{"class":"user","detail":"No such column."}}""");
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_refused_move_changes_nothing(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord running = await storage.Jobs.RunningAsync();

        MoveOutcome illegal = await storage.Jobs.MoveAsync(new(running.Id, JobAction.Start, NewRunToken: "other"), default);
        MoveOutcome fenced = await storage.Jobs.MoveAsync(new(running.Id, JobAction.Succeed, "other") { Events = [Some.Event(1)] }, default);
        MoveOutcome tokenless = await storage.Jobs.MoveAsync(new(running.Id, JobAction.Requeue), default);

        (illegal.Result, fenced.Result, tokenless.Result).ShouldBe((MoveResult.Illegal, MoveResult.Fenced, MoveResult.Fenced));
        illegal.Legal.ShouldBe(JobMoves.Legal(JobStatus.Running));
        (await storage.Jobs.FindAsync(running.Id, default)).ShouldBeEquivalentTo(running);
        (await storage.Jobs.LogAsync(running.Id)).Count.ShouldBe(2);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Of_many_starts_at_once_one_wins(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord job = await storage.Jobs.SubmittedAsync();

        MoveOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            Task.Run(() => storage.Jobs.MoveAsync(new(job.Id, JobAction.Start, NewRunToken: $"t{i}"), default))));

        MoveOutcome winner = outcomes.Where(o => o.Result == MoveResult.Moved).ShouldHaveSingleItem();
        JobRecord now = (await storage.Jobs.FindAsync(job.Id, default))!;
        (now.RunToken, now.Attempt).ShouldBe((winner.Job!.RunToken, 1));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_zombie_reports_nothing_after_its_job_was_requeued(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord first = await storage.Jobs.RunningAsync();
        await storage.Jobs.MoveAsync(new(first.Id, JobAction.Requeue, first.RunToken, "The worker was lost.", new("infrastructure", "lost")), default);
        JobRecord second = await storage.Jobs.StartedAsync(first.Id);

        (await storage.Jobs.ReportAsync(new(first.Id, first.RunToken!) { Events = [Some.Event(1)], LatestJson = "{}" }, default)).ShouldBeFalse();
        (await storage.Jobs.MoveAsync(new(first.Id, JobAction.Succeed, first.RunToken), default)).Result.ShouldBe(MoveResult.Fenced);

        second.Attempt.ShouldBe(2);
        second.Failures.ShouldBe(1);
        (await storage.Jobs.FindAsync(first.Id, default)).ShouldBeEquivalentTo(second);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_requeue_keeps_the_time_before_which_it_must_not_start(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord running = await storage.Jobs.RunningAsync();
        DateTimeOffset later = Times.Truncate(DateTimeOffset.UtcNow.AddMinutes(5));

        await storage.Jobs.MoveAsync(new(running.Id, JobAction.Requeue, running.RunToken, Error: new("resource", "memory")) { NotBefore = later }, default);

        UnfinishedJob waiting = (await storage.Jobs.UnfinishedAsync(default)).ShouldHaveSingleItem();
        waiting.ShouldBe(new(running.Id, JobStatus.Queued, 0, null, 0, later));
    }
}

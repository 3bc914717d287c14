using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests.Jobs;

/// <summary>Jobs that wait for each other: what the end of one means for the others happens in the transaction of that end.</summary>
[Collection(StorageCollection.Name)]
public sealed class FamilyTests(StorageFixture fixture)
{
    private const string FromParent = """{"model":{"type":"sequential","weights_from":{"checkpoint":"parent","layers":["a"]}}}""";

    [Theory, OnSqlite, OnPostgres]
    public async Task A_child_starts_only_when_its_parent_has_succeeded(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        (JobRecord parent, JobRecord child, JobRecord grandchild) = await ThreeAsync(storage.Jobs);
        (child.WaitsFor, child.ParentJob, child.Status, child.Reason).ShouldBe((parent.Id, parent.Id, JobStatus.Queued, $"Waits until {parent.Id} has succeeded."));
        JobRecord other = await storage.Jobs.SubmittedAsync();
        (await storage.Jobs.QueuePositionAsync(other, default)).ShouldBe(1, "those that wait don't stand in line");
        (await storage.Jobs.MoveAsync(new(child.Id, JobAction.Start, NewRunToken: "early"), default)).Result.ShouldBe(MoveResult.Illegal);
        (await storage.Jobs.UnfinishedAsync(default)).Where(j => j.Waits).Select(j => j.Id).ShouldBe([child.Id, grandchild.Id]);

        JobRecord run = await storage.Jobs.StartedAsync(parent.Id);
        CheckpointRecord last = (await storage.Checkpoints.SaveAsync(Some.Checkpoint(run) with { Reason = "final", Step = 9 }, Bytes.Random(20).WriterOf(), default))!;
        MoveOutcome outcome = await storage.Jobs.MoveAsync(new(parent.Id, JobAction.Succeed, run.RunToken), default);

        outcome.Others.ShouldHaveSingleItem().Id.ShouldBe(child.Id);
        JobRecord released = (await storage.Jobs.FindAsync(child.Id, default))!;
        outcome.Others[0].ShouldBeEquivalentTo(released);
        (released.WaitsFor, released.Reason, released.ParentJob, released.FromCheckpoint).ShouldBe((null, null, parent.Id, last.Id));
        released.ResolvedJson.ShouldContain($"\"checkpoint\":\"{last.Id}\"");
        (await storage.Jobs.LogAsync(child.Id))[^1].DataJson.ShouldContain(last.Id);
        (await storage.Checkpoints.DeleteAsync(last.Id, default)).NeededBy.ShouldBe([child.Id]);
        (await storage.Jobs.FindAsync(grandchild.Id, default))!.WaitsFor.ShouldBe(child.Id);
        await storage.Jobs.StartedAsync(child.Id);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_parent_that_ends_otherwise_ends_all_that_wait_for_it(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        foreach (JobAction end in (JobAction[])[JobAction.Fail, JobAction.Cancel, JobAction.Stop])
        {
            (JobRecord parent, JobRecord child, JobRecord grandchild) = await ThreeAsync(storage.Jobs);
            await storage.Jobs.MoveAsync(new(grandchild.Id, JobAction.RequestPause), default);
            JobRecord run = await storage.Jobs.StartedAsync(parent.Id);
            MoveOutcome outcome = await storage.Jobs.MoveAsync(new(parent.Id, end, run.RunToken, Error: end == JobAction.Fail ? new(ErrorClass.Resource, "No room.") : null), default);

            outcome.Others.Select(j => j.Id).ShouldBe([child.Id, grandchild.Id]);
            foreach (JobRecord ended in (JobRecord[])[(await storage.Jobs.FindAsync(child.Id, default))!, (await storage.Jobs.FindAsync(grandchild.Id, default))!])
            {
                ended.Status.ShouldBe(end == JobAction.Fail ? JobStatus.Failed : JobStatus.Cancelled);
                ended.Reason!.ShouldContain(ended.ParentJob!);
                ended.WaitsFor.ShouldBeNull();
                ended.FinishedAt.ShouldNotBeNull();
                if (end == JobAction.Fail)
                    ended.Error.ShouldNotBeNull().ShouldSatisfyAllConditions(e => e.Class.ShouldBe(ErrorClass.Resource), e => e.Detail.ShouldEndWith("No room."));
                (await storage.Jobs.LogAsync(ended.Id))[^1].Type.ShouldBe(JobEvent.Status);
            }
        }
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_paused_child_is_let_go_and_stays_paused(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        (JobRecord parent, JobRecord child, _) = await ThreeAsync(storage.Jobs, resolved: "{}");
        await storage.Jobs.MoveAsync(new(child.Id, JobAction.RequestPause, Reason: "Paused by the user."), default);
        (await storage.Jobs.MoveAsync(new(child.Id, JobAction.Resume), default)).Job!.Reason.ShouldBe($"Waits until {parent.Id} has succeeded.");
        await storage.Jobs.MoveAsync(new(child.Id, JobAction.RequestPause, Reason: "Paused by the user."), default);

        JobRecord run = await storage.Jobs.StartedAsync(parent.Id);
        await storage.Jobs.MoveAsync(new(parent.Id, JobAction.Succeed, run.RunToken), default);

        JobRecord released = (await storage.Jobs.FindAsync(child.Id, default))!;
        (released.Status, released.WaitsFor, released.Reason).ShouldBe((JobStatus.Paused, null, "Paused by the user."));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Who_comes_late_finds_what_its_parent_has_left(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();
        CheckpointRecord best = (await storage.Checkpoints.SaveAsync(Some.Checkpoint(run), Bytes.Random(20).WriterOf(), default))!;
        await storage.Jobs.ReportAsync(new(run.Id, run.RunToken!) { BestJson = $$"""{"checkpoint":"{{best.Id}}"}""" }, default);
        await storage.Jobs.MoveAsync(new(run.Id, JobAction.Succeed, run.RunToken), default);

        JobRecord late = await storage.Jobs.SubmittedAsync(Waiting(run.Id, FromParent.Replace("parent", "parent:best", StringComparison.Ordinal)));
        (late.WaitsFor, late.FromCheckpoint, late.Reason).ShouldBe((null, best.Id, null));
        (await storage.Jobs.FindAsync(late.Id, default))!.ResolvedJson.ShouldContain(best.Id);

        (await storage.Jobs.SubmitAsync(Waiting(run.Id), null, default)).Result.ShouldBe(SubmitResult.CheckpointGone, "there is no final one");
        (await storage.Jobs.SubmitAsync(Waiting("job_none"), null, default)).Result.ShouldBe(SubmitResult.ParentGone);
        JobRecord cancelled = (await storage.Jobs.MoveAsync(new((await storage.Jobs.SubmittedAsync()).Id, JobAction.Cancel), default)).Job!;
        (await storage.Jobs.SubmitAsync(Waiting(cancelled.Id), null, default)).Result.ShouldBe(SubmitResult.ParentGone);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_chain_is_stored_as_a_whole_or_not_at_all_and_its_key_repeats_all_of_it(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord first = Some.Job() with { Owner = "me" };
        JobRecord[] chain = [first with { ChainId = first.Id }, Waiting(first.Id) with { Owner = "me", ChainId = first.Id }];
        IdempotencyKey key = new("k", "h", "me");

        (await storage.Jobs.SubmitAsync(chain, key, default, mostUnfinished: 1)).Result.ShouldBe(SubmitResult.OverQuota);
        (await storage.Jobs.SubmitAsync([.. chain, Waiting("job_none") with { Owner = "me" }], key, default)).Result.ShouldBe(SubmitResult.ParentGone);
        (await storage.Jobs.ListAsync(new JobFilter(), default)).Jobs.ShouldBeEmpty();

        SubmitOutcome made = await storage.Jobs.SubmitAsync(chain, key, default, mostUnfinished: 2);
        SubmitOutcome again = await storage.Jobs.SubmitAsync(chain, key, default, mostUnfinished: 2);
        (made.Result, again.Result).ShouldBe((SubmitResult.Created, SubmitResult.Repeated));
        again.Jobs.Select(j => j.Id).ShouldBe(made.Jobs.Select(j => j.Id));
        (await storage.Jobs.ListAsync(new JobFilter { Chain = first.Id }, default)).Jobs.Count.ShouldBe(2);
        (await storage.Jobs.ListAsync(new JobFilter { Parent = first.Id }, default)).Jobs.ShouldHaveSingleItem().Id.ShouldBe(chain[1].Id);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Children_that_come_in_while_their_parent_ends_are_never_forgotten(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        for (int round = 0; round < 20; round++)
        {
            JobRecord run = await storage.Jobs.RunningAsync();
            JobAction end = round % 2 == 0 ? JobAction.Succeed : JobAction.Cancel;
            Task<SubmitOutcome>[] coming = [.. Enumerable.Range(0, 6).Select(_ => Task.Run(() => storage.Jobs.SubmitAsync(Waiting(run.Id, "{}"), null, default)))];
            await storage.Jobs.MoveAsync(new(run.Id, end, run.RunToken), default);
            foreach (SubmitOutcome outcome in await Task.WhenAll(coming))
            {
                if (outcome.Result == SubmitResult.ParentGone)
                    continue;
                JobRecord child = (await storage.Jobs.FindAsync(outcome.Job!.Id, default))!;
                child.WaitsFor.ShouldBeNull();
                child.Status.ShouldBe(end == JobAction.Succeed ? JobStatus.Queued : JobStatus.Cancelled);
            }
        }
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task The_end_of_a_sweep_ends_its_trials_and_no_trial_is_made_twice(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        foreach (JobAction end in (JobAction[])[JobAction.Cancel, JobAction.Stop])
        {
            JobRecord sweep = await storage.Jobs.RunningAsync(Some.Job(kind: "sweep"));
            JobRecord running = await storage.Jobs.RunningAsync(Some.Job() with { SweepId = sweep.Id, Trial = 1, RestAfter = 3 });
            JobRecord waiting = await storage.Jobs.SubmittedAsync(Some.Job() with { SweepId = sweep.Id, Trial = 2 });
            (await storage.Jobs.SubmitAsync(Some.Job() with { SweepId = sweep.Id, Trial = 2 }, null, default)).Result.ShouldBe(SubmitResult.TrialExists);
            (await storage.Jobs.TrialsAsync(sweep.Id, default)).Select(t => (t.Id, t.Trial, t.RestAfter)).ShouldBe([(running.Id, 1, 3), (waiting.Id, 2, null)]);

            MoveOutcome outcome = await storage.Jobs.MoveAsync(new(sweep.Id, end, sweep.RunToken), default);

            outcome.Others.Select(j => (j.Id, j.Status)).ShouldBe(end == JobAction.Cancel
                ? [(running.Id, JobStatus.Cancelled), (waiting.Id, JobStatus.Cancelled)]
                : [(running.Id, JobStatus.Stopping), (waiting.Id, JobStatus.Stopped)]);
            (await storage.Jobs.SubmitAsync(Some.Job() with { SweepId = sweep.Id, Trial = 3 }, null, default)).Result.ShouldBe(SubmitResult.ParentGone);
        }
    }

    /// <summary>A parent, a child that starts from its last checkpoint, and a child of that one.</summary>
    private static async Task<(JobRecord, JobRecord, JobRecord)> ThreeAsync(IJobStore store, string resolved = FromParent)
    {
        JobRecord parent = Some.Job();
        JobRecord child = Waiting(parent.Id, resolved), grandchild = Waiting(child.Id, resolved);
        SubmitOutcome outcome = await store.SubmitAsync([parent, child, grandchild], null, default);
        outcome.Result.ShouldBe(SubmitResult.Created);
        return (outcome.Jobs[0], outcome.Jobs[1], outcome.Jobs[2]);
    }

    private static JobRecord Waiting(string parent, string resolved = FromParent)
        => Some.Job() with { ParentJob = parent, WaitsFor = parent, ResolvedJson = resolved, Reason = JobFamily.WhyItWaits(parent) };
}

using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests.Jobs;

[Collection(StorageCollection.Name)]
public sealed class SqlJobStoreTests(StorageFixture fixture)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task A_lease_holds_until_it_runs_out_and_only_the_run_renews_it(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord job = await storage.Jobs.SubmittedAsync();
        string token = Ids.New("run");
        await storage.Jobs.MoveAsync(new(job.Id, JobAction.Start, NewRunToken: token) { Lease = TimeSpan.FromMilliseconds(100) }, default);

        (await storage.Jobs.RenewLeasesAsync([token, "run_other"], TimeSpan.FromMinutes(1), default)).ShouldBe([token]);
        (await storage.Jobs.UnfinishedAsync(default)).ShouldHaveSingleItem().Leased.ShouldBeTrue();
        await storage.Jobs.RenewLeasesAsync([token], TimeSpan.FromMilliseconds(1), default);
        await Task.Delay(50);
        (await storage.Jobs.UnfinishedAsync(default)).ShouldHaveSingleItem().Leased.ShouldBeFalse();

        await storage.Jobs.MoveAsync(new(job.Id, JobAction.Requeue, token), default);
        (await storage.Jobs.RenewLeasesAsync([token], TimeSpan.FromMinutes(1), default)).ShouldBeEmpty();
        (await storage.Jobs.FinishedBeforeAsync(DateTimeOffset.UtcNow.AddDays(1), 10, default)).ShouldBeEmpty();
        await storage.Jobs.MoveAsync(new(job.Id, JobAction.Cancel), default);
        (await storage.Jobs.FinishedBeforeAsync(DateTimeOffset.UtcNow.AddDays(1), 10, default)).ShouldBe([job.Id]);
        (await storage.Jobs.FinishedBeforeAsync(DateTimeOffset.UtcNow.AddDays(-1), 10, default)).ShouldBeEmpty();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task What_is_submitted_is_read_back_whole_even_after_a_restart(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        CheckpointRecord parent = (await storage.Checkpoints.SaveAsync(new(null, null, 0, 0, "{}", "{}"), Bytes.Random(10).WriterOf(), default))!;
        JobRecord job = Some.Job("Ünïcode 💡 'quoted'", -3, "lr_find", ("team", "vision"), ("über", "1")) with { FromCheckpoint = parent.Id, ForkedFrom = "job_x" };

        SubmitOutcome outcome = await storage.Jobs.SubmitAsync(job, null, default);
        await storage.ReopenAsync();
        JobRecord? found = await storage.Jobs.FindAsync(job.Id, default);

        outcome.Result.ShouldBe(SubmitResult.Created);
        found.ShouldBeEquivalentTo(job with { Version = 1, LastSeq = 1 });
        found.ShouldBeEquivalentTo(outcome.Job);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task The_first_event_says_queued(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord job = await storage.Jobs.SubmittedAsync();

        JobEvent first = (await storage.Jobs.LogAsync(job.Id)).ShouldHaveSingleItem();

        first.ShouldBe(new(1, job.QueuedAt, "status", """{"status":"queued","attempt":0}"""));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task What_is_not_there_is_not_found(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);

        (await storage.Jobs.FindAsync("job_none", default)).ShouldBeNull();
        (await storage.Jobs.MoveAsync(new("job_none", JobAction.Cancel), default)).Result.ShouldBe(MoveResult.NotFound);
        (await storage.Jobs.EditAsync("job_none", new("x", null, null), default)).ShouldBeNull();
        (await storage.Jobs.ReportAsync(new("job_none", "t"), default)).ShouldBeFalse();
        (await storage.Jobs.DeleteAsync("job_none", default)).ShouldBeFalse();
        (await storage.Jobs.LogAsync("job_none")).ShouldBeEmpty();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Under_one_key_there_is_one_job(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        IdempotencyKey key = new("k", "hash");

        SubmitOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ =>
            Task.Run(() => storage.Jobs.SubmitAsync(Some.Job(), key, default))));

        outcomes.Count(o => o.Result == SubmitResult.Created).ShouldBe(1);
        outcomes.Count(o => o.Result == SubmitResult.Repeated).ShouldBe(49);
        outcomes.Select(o => o.Job!.Id).Distinct().Count().ShouldBe(1);
        (await storage.Jobs.ListAsync(new(), default)).Jobs.Count.ShouldBe(1);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_key_with_another_body_is_refused_and_with_another_owner_is_another_key(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord job = (await storage.Jobs.SubmitAsync(Some.Job(), new("k", "hash"), default)).Job!;

        (await storage.Jobs.FindByKeyAsync(new("k", "hash"), default))!.Job!.Id.ShouldBe(job.Id);
        (await storage.Jobs.FindByKeyAsync(new("k", "other"), default))!.Result.ShouldBe(SubmitResult.KeyReused);
        (await storage.Jobs.FindByKeyAsync(new("k2", "hash"), default)).ShouldBeNull();
        (await storage.Jobs.SubmitAsync(Some.Job(), new("k", "other"), default)).ShouldBe(new(SubmitResult.KeyReused, null));
        (await storage.Jobs.SubmitAsync(Some.Job(), new("k", "hash", "somebody else"), default)).Result.ShouldBe(SubmitResult.Created);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_thousand_submits_at_once_are_all_there(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);

        JobRecord[] jobs = (await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Task.Run(() => storage.Jobs.SubmittedAsync(Some.Job($"job {i}"))))));
        await storage.ReopenAsync();

        (await storage.Jobs.UnfinishedAsync(default)).Select(u => u.Id).ShouldBe(jobs.Select(j => j.Id).Order(StringComparer.Ordinal));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task The_queue_position_counts_higher_bands_and_older_jobs_that_may_start(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord first = await storage.Jobs.SubmittedAsync(Some.Job(priority: 0));
        JobRecord low = await storage.Jobs.SubmittedAsync(Some.Job(priority: -5));
        JobRecord second = await storage.Jobs.SubmittedAsync(Some.Job(priority: 0));
        JobRecord high = await storage.Jobs.SubmittedAsync(Some.Job(priority: 1));
        JobRecord higher = await storage.Jobs.SubmittedAsync(Some.Job(priority: 100));
        JobRecord delayed = await storage.Jobs.RunningAsync(Some.Job(priority: 2));
        await storage.Jobs.MoveAsync(new(delayed.Id, JobAction.Requeue, delayed.RunToken) { NotBefore = DateTimeOffset.UtcNow.AddHours(1) }, default);

        int[] positions = [.. await Task.WhenAll(new[] { high, higher, first, second, low }.Select(j => storage.Jobs.QueuePositionAsync(j, default)))];

        positions.ShouldBe([0, 1, 2, 3, 4]);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task An_edit_changes_what_it_names(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord job = await storage.Jobs.SubmittedAsync(Some.Job("old", 0, "train", ("a", "1"), ("b", "2")));

        JobRecord renamed = (await storage.Jobs.EditAsync(job.Id, new("new", null, null), default))!;
        JobRecord relabelled = (await storage.Jobs.EditAsync(job.Id, new(null, new Dictionary<string, string> { ["c"] = "3" }, 7), default))!;

        renamed.ShouldBeEquivalentTo(job with { Name = "new", Version = 2 });
        relabelled.ShouldBeEquivalentTo(renamed with { Labels = new Dictionary<string, string> { ["c"] = "3" }, Priority = 7, Version = 3 });
        (await storage.Jobs.FindAsync(job.Id, default)).ShouldBeEquivalentTo(relabelled);
        (await storage.Jobs.ListAsync(new() { Labels = [("a", null)] }, default)).Jobs.ShouldBeEmpty();
        (await storage.Jobs.ListAsync(new() { Labels = [("c", "3")], Name = "NEW" }, default)).Jobs.ShouldHaveSingleItem();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Only_a_terminal_job_is_deleted_and_its_log_and_key_go_with_it(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        IdempotencyKey key = new("k", "hash");
        JobRecord job = (await storage.Jobs.SubmitAsync(Some.Job(labels: ("a", "1")), key, default)).Job!;

        (await storage.Jobs.DeleteAsync(job.Id, default)).ShouldBeFalse();
        await storage.Jobs.MoveAsync(new(job.Id, JobAction.Cancel), default);
        (await storage.Jobs.DeleteAsync(job.Id, default)).ShouldBeTrue();

        (await storage.Jobs.FindAsync(job.Id, default)).ShouldBeNull();
        (await storage.Jobs.LogAsync(job.Id)).ShouldBeEmpty();
        (await storage.Jobs.FindByKeyAsync(key, default)).ShouldBeNull();
    }
}

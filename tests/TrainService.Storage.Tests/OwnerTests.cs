using Microsoft.Data.Sqlite;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests;

[Collection(StorageCollection.Name)]
public sealed class OwnerTests(StorageFixture fixture)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task A_key_has_so_many_unfinished_jobs_and_no_more(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord Mine() => Some.Job() with { Owner = "alice", TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
        IdempotencyKey again = new("k", "hash", "alice");
        JobRecord first = (await storage.Jobs.SubmitAsync(Mine(), again, default, mostUnfinished: 2)).Job!;
        (await storage.Jobs.SubmitAsync(Mine(), null, default, mostUnfinished: 2)).Result.ShouldBe(SubmitResult.Created);

        (await storage.Jobs.SubmitAsync(Mine(), null, default, mostUnfinished: 2)).Result.ShouldBe(SubmitResult.OverQuota);
        (await storage.Jobs.SubmitAsync(Mine() with { Owner = "bob" }, null, default, mostUnfinished: 2)).Result.ShouldBe(SubmitResult.Created);
        (await storage.Jobs.SubmitAsync(Mine(), again, default, mostUnfinished: 2)).Result.ShouldBe(SubmitResult.Repeated);

        await storage.Jobs.MoveAsync(new(first.Id, JobAction.Cancel), default);
        (await storage.Jobs.SubmitAsync(Mine(), null, default, mostUnfinished: 2)).Result.ShouldBe(SubmitResult.Created);
        JobRecord read = (await storage.Jobs.FindAsync(first.Id, default))!;
        (read.Owner, read.TraceParent).ShouldBe((first.Owner, first.TraceParent));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Checkpoints_count_for_who_sent_their_job_or_uploaded_them(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord job = await storage.Jobs.SubmittedAsync(Some.Job() with { Owner = "carol" });
        JobRecord run = (await storage.Jobs.MoveAsync(new(job.Id, JobAction.Start, NewRunToken: "run_1"), default)).Job!;
        await storage.Checkpoints.SaveAsync(Some.Checkpoint(run), Bytes.Random(100).WriterOf(), default);
        await storage.Checkpoints.SaveAsync(new NewCheckpoint(null, null, 0, 0, "{}", "{}") { Owner = "carol", Reason = "uploaded" }, Bytes.Random(11).WriterOf(), default);

        (await storage.Checkpoints.BytesOfAsync("carol", default)).ShouldBe(111);
        (await storage.Checkpoints.BytesOfAsync("dave", default)).ShouldBe(0);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task The_audit_log_is_read_newest_first_page_by_page(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        string actor = Ids.New("key");
        AuditEntry[] said = [.. Enumerable.Range(0, 5).Select(i => new AuditEntry(DateTimeOffset.UnixEpoch.AddSeconds(i), actor, "submit_job", $"/jobs/{i}", 202, i == 0 ? null : "127.0.0.1", null))];
        await storage.Storage.Audit.AppendAsync(said, default);
        await storage.Storage.Audit.AppendAsync([said[0] with { Actor = "other" }], default);

        List<AuditEntry> read = [];
        string? after = null;
        do
        {
            AuditPage page = await storage.Storage.Audit.ListAsync(actor, after, 2, default);
            page.Entries.Count.ShouldBeLessThanOrEqualTo(2);
            read.AddRange(page.Entries);
            after = page.Next;
        }
        while (after is not null);
        read.ShouldBe(said.Reverse());
        await Should.ThrowAsync<InvalidCursorException>(() => storage.Storage.Audit.ListAsync(null, "nonsense", 2, default));
    }

    [Fact]
    public async Task A_spec_that_is_not_the_stored_one_is_never_trained_and_stops_all_writing()
    {
        await using OpenStorage storage = await fixture.OpenAsync(StorageProvider.Sqlite);
        JobRecord good = await storage.Jobs.SubmittedAsync(), bad = await storage.Jobs.SubmittedAsync();
        using (SqliteConnection other = new($"Data Source={Path.Combine(storage.Folder, "trainservice.db")};Pooling=False"))
        {
            other.Open();
            using SqliteCommand change = other.CreateCommand();
            change.CommandText = $"UPDATE job_specs SET resolved = replace(resolved, '{{', '{{ ') WHERE job_id = '{bad.Id}'";
            change.ExecuteNonQuery().ShouldBe(1);
        }

        (await storage.Jobs.FindAsync(good.Id, default)).ShouldNotBeNull();
        (await storage.Storage.HealthAsync(default)).ShouldBeNull();
        (await Should.ThrowAsync<StorageUnavailableException>(() => storage.Jobs.FindAsync(bad.Id, default))).Fault.ShouldBe(StorageFault.Damaged);
        (await storage.Storage.HealthAsync(default)).ShouldNotBeNull().ShouldContain(bad.Id);
        (await Should.ThrowAsync<StorageUnavailableException>(() => storage.Jobs.SubmittedAsync())).Fault.ShouldBe(StorageFault.Damaged);
        (await storage.Jobs.FindAsync(good.Id, default)).ShouldNotBeNull();
    }
}

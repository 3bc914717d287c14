using System.Security.Cryptography;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests.Checkpoints;

[Collection(StorageCollection.Name)]
public sealed class CheckpointStoreTests(StorageFixture fixture)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task What_is_saved_is_found_and_read_back_after_a_restart(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();
        byte[] bytes = Bytes.Random(3_000_000);

        CheckpointRecord saved = (await storage.Checkpoints.SaveAsync(
            new(run.Id, run.RunToken, 3, 700, """{"loss":1}""", """{"classes":["a"]}""", "ckpt_parent") { Reason = "best" }, bytes.WriterOf(), default))!;
        await storage.ReopenAsync();

        CheckpointRecord found = (await storage.Checkpoints.FindAsync(saved.Id, default))!;
        found.ShouldBe(saved);
        (found.JobId, found.Epoch, found.Step, found.MetricsJson, found.MetadataJson, found.Reason, found.ParentId).ShouldBe(
            (run.Id, 3, 700, """{"loss":1}""", """{"classes":["a"]}""", "best", "ckpt_parent"));
        (found.Bytes, found.Sha256).ShouldBe((bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))));
        (await storage.Checkpoints.ReadAsync(found)).ShouldBe(bytes);
        Files(storage).ShouldBe([Path.Combine(storage.Folder, "checkpoints", run.Id, $"{saved.Id}.safetensors")]);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task The_event_that_announces_it_comes_with_the_row_and_only_then(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();
        NewCheckpoint checkpoint = Some.Checkpoint(run) with { Announce = c => new("checkpoint", $$"""{"id":"{{c.Id}}"}""") };

        CheckpointRecord saved = (await storage.Checkpoints.SaveAsync(checkpoint, Bytes.Random(10).WriterOf(), default))!;
        await storage.Checkpoints.SaveAsync(checkpoint with { RunToken = "other", Step = 9 }, Bytes.Random(10).WriterOf(), default);

        IReadOnlyList<JobEvent> log = await storage.Jobs.LogAsync(run.Id);
        log.Select(e => e.Type).ShouldBe(["status", "status", "checkpoint"]);
        log[^1].DataJson.ShouldBe($$"""{"id":"{{saved.Id}}"}""");
        (await storage.Jobs.FindAsync(run.Id, default))!.LastSeq.ShouldBe(3);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_zombie_saves_and_prunes_nothing(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord first = await storage.Jobs.RunningAsync();
        await storage.Jobs.MoveAsync(new(first.Id, JobAction.Requeue, first.RunToken), default);
        JobRecord second = await storage.Jobs.StartedAsync(first.Id);
        CheckpointRecord kept = (await storage.Checkpoints.SaveAsync(Some.Checkpoint(second), Bytes.Random(10).WriterOf(), default))!;

        (await storage.Checkpoints.SaveAsync(Some.Checkpoint(first) with { Step = 2 }, Bytes.Random(10).WriterOf(), default)).ShouldBeNull();
        (await storage.Checkpoints.PruneAsync(first.Id, first.RunToken!, [], default)).ShouldBe(0);

        (await storage.Checkpoints.ListAsync(null, null, 10, default)).Checkpoints.ShouldBe([kept]);
        Files(storage).Length.ShouldBe(1);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_run_that_loses_its_job_while_it_writes_keeps_nothing(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();

        CheckpointRecord? saved = await storage.Checkpoints.SaveAsync(Some.Checkpoint(run), async (stream, ct) =>
        {
            await stream.WriteAsync(new byte[100], ct);
            await storage.Jobs.MoveAsync(new(run.Id, JobAction.Cancel), ct);
        }, default);

        saved.ShouldBeNull();
        Files(storage).ShouldBeEmpty();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task The_same_step_for_the_same_reason_is_one_checkpoint(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();
        byte[] bytes = Bytes.Random(100);

        CheckpointRecord first = (await storage.Checkpoints.SaveAsync(Some.Checkpoint(run), bytes.WriterOf(), default))!;
        CheckpointRecord again = (await storage.Checkpoints.SaveAsync(Some.Checkpoint(run), bytes.WriterOf(), default))!;
        CheckpointRecord best = (await storage.Checkpoints.SaveAsync(Some.Checkpoint(run) with { Reason = "best" }, bytes.WriterOf(), default))!;
        File.Delete(Files(storage).Single(f => f.Contains(first.Id, StringComparison.Ordinal)));
        CheckpointRecord anew = (await storage.Checkpoints.SaveAsync(Some.Checkpoint(run), bytes.WriterOf(), default))!;

        again.ShouldBe(first);
        best.Id.ShouldNotBe(first.Id);
        anew.Id.ShouldNotBe(first.Id);
        (await storage.Checkpoints.ListAsync(run.Id, null, 10, default)).Checkpoints.ShouldBe([anew, best]);
        (await storage.Checkpoints.ReadAsync(anew)).ShouldBe(bytes);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Retention_keeps_what_it_names(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();
        JobRecord other = await storage.Jobs.RunningAsync();
        List<string> ids = [];
        for (int step = 0; step < 6; step++)
            ids.Add((await storage.Checkpoints.SaveAsync(Some.Checkpoint(run) with { Step = step }, Bytes.Random(10).WriterOf(), default))!.Id);
        CheckpointRecord untouched = (await storage.Checkpoints.SaveAsync(Some.Checkpoint(other), Bytes.Random(10).WriterOf(), default))!;

        (await storage.Checkpoints.PruneAsync(run.Id, run.RunToken!, [ids[1], ids[5]], default)).ShouldBe(4);
        (await storage.Checkpoints.PruneAsync(run.Id, run.RunToken!, [ids[1], ids[5]], default)).ShouldBe(0);

        (await storage.Checkpoints.ListAsync(null, null, 10, default)).Checkpoints.Select(c => c.Id).ShouldBe([untouched.Id, ids[5], ids[1]]);
        Files(storage).Length.ShouldBe(3);
        (await storage.Checkpoints.DeleteAllAsync(run.Id, default)).Deleted.Select(c => c.Id).ShouldBe([ids[1], ids[5]]);
        Files(storage).Length.ShouldBe(1);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task What_is_pinned_or_needed_by_a_job_that_is_not_over_stays(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();
        string[] ids = new string[3];
        for (int step = 0; step < ids.Length; step++)
            ids[step] = (await storage.Checkpoints.SaveAsync(Some.Checkpoint(run) with { Step = step }, Bytes.Random(10).WriterOf(), default))!.Id;
        (await storage.Checkpoints.PinAsync(ids[0], true, default))!.Pinned.ShouldBeTrue();
        (await storage.Checkpoints.PinAsync("ckpt_none", true, default)).ShouldBeNull();
        JobRecord fork = await storage.Jobs.SubmittedAsync(Some.Job() with { FromCheckpoint = ids[1], ForkedFrom = run.Id });

        (await storage.Checkpoints.DeleteAsync(ids[0], default)).Pinned.ShouldBe([ids[0]]);
        (await storage.Checkpoints.DeleteAsync(ids[1], default)).NeededBy.ShouldBe([fork.Id]);
        CheckpointDeletion all = await storage.Checkpoints.DeleteAllAsync(run.Id, default);
        (all.Refused, all.Deleted.Count, all.Pinned.Count, all.NeededBy.Count).ShouldBe((true, 0, 1, 1));
        (await storage.Checkpoints.PruneAsync(run.Id, run.RunToken!, [], default)).ShouldBe(1);

        await storage.Jobs.MoveAsync(new(fork.Id, JobAction.Cancel), default);
        await storage.Checkpoints.PinAsync(ids[0], false, default);
        (await storage.Checkpoints.DeleteAllAsync(run.Id, default)).Deleted.Count.ShouldBe(2);
        Files(storage).ShouldBeEmpty();
        (await storage.Jobs.SubmitAsync(Some.Job() with { FromCheckpoint = ids[1] }, new("k", "h"), default)).Result.ShouldBe(SubmitResult.CheckpointGone);
        (await storage.Jobs.FindByKeyAsync(new("k", "h"), default)).ShouldBeNull();
        (await storage.Jobs.ListAsync(new() { ForkedFrom = run.Id }, default)).Jobs.ShouldHaveSingleItem().Id.ShouldBe(fork.Id);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Lists_page_by_job_or_over_all(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();
        CheckpointRecord uploaded = (await storage.Checkpoints.SaveAsync(new(null, null, 0, 0, "{}", "{}") { Reason = "uploaded" }, Bytes.Random(10).WriterOf(), default))!;
        List<CheckpointRecord> saved = [];
        for (int step = 0; step < 5; step++)
            saved.Insert(0, (await storage.Checkpoints.SaveAsync(Some.Checkpoint(run) with { Step = step }, Bytes.Random(10).WriterOf(), default))!);

        CheckpointPage page = await storage.Checkpoints.ListAsync(run.Id, null, 3, default);
        CheckpointPage rest = await storage.Checkpoints.ListAsync(run.Id, page.Next, 3, default);
        CheckpointPage all = await storage.Checkpoints.ListAsync(null, null, 6, default);

        page.Checkpoints.ShouldBe(saved[..3]);
        rest.Checkpoints.ShouldBe(saved[3..]);
        (rest.Next, all.Next).ShouldBe((null, null));
        all.Checkpoints.ShouldBe([.. saved, uploaded]);
        await Should.ThrowAsync<InvalidCursorException>(() => storage.Checkpoints.ListAsync(null, "x", 3, default));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Deleting_removes_row_and_file(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();
        CheckpointRecord saved = (await storage.Checkpoints.SaveAsync(Some.Checkpoint(run), Bytes.Random(10).WriterOf(), default))!;
        CheckpointRecord uploaded = (await storage.Checkpoints.SaveAsync(new(null, null, 0, 0, "{}", "{}"), Bytes.Random(10).WriterOf(), default))!;

        (await storage.Checkpoints.DeleteAsync(saved.Id, default)).Deleted.ShouldBe([saved]);
        (await storage.Checkpoints.DeleteAsync(saved.Id, default)).Deleted.ShouldBeEmpty();
        (await storage.Checkpoints.DeleteAsync(uploaded.Id, default)).Deleted.ShouldBe([uploaded]);

        (await storage.Checkpoints.FindAsync(saved.Id, default)).ShouldBeNull();
        Files(storage).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("flipped bit")]
    [InlineData("cut off")]
    [InlineData("grown")]
    [InlineData("gone")]
    public async Task A_damaged_file_is_reported_by_its_name(string damage)
    {
        await using OpenStorage storage = await fixture.OpenAsync(StorageProvider.Sqlite);
        JobRecord run = await storage.Jobs.RunningAsync();
        CheckpointRecord saved = (await storage.Checkpoints.SaveAsync(Some.Checkpoint(run), Bytes.Random(5000).WriterOf(), default))!;
        string path = Files(storage).Single();

        Bytes.Damage(path, damage);

        InvalidDataException e = await Should.ThrowAsync<InvalidDataException>(() => storage.Checkpoints.OpenAsync(saved, default));
        e.Message.ShouldContain(path);
    }

    [Fact]
    public async Task Progress_of_a_checkpoint_clears_the_count_of_failures()
    {
        await using OpenStorage storage = await fixture.OpenAsync(StorageProvider.Sqlite);
        JobRecord run = await storage.Jobs.RunningAsync();
        await storage.Jobs.MoveAsync(new(run.Id, JobAction.Requeue, run.RunToken, Error: new("resource", "x")), default);
        run = await storage.Jobs.StartedAsync(run.Id);
        run.Failures.ShouldBe(1);

        await storage.Checkpoints.SaveAsync(Some.Checkpoint(run), Bytes.Random(10).WriterOf(), default);

        (await storage.Jobs.FindAsync(run.Id, default))!.Failures.ShouldBe(0);
    }

    [Fact]
    public async Task A_writer_that_fails_leaves_nothing_and_its_own_exception_passes()
    {
        await using OpenStorage storage = await fixture.OpenAsync(StorageProvider.Sqlite);
        JobRecord run = await storage.Jobs.RunningAsync();

        await Should.ThrowAsync<IOException>(() => storage.Checkpoints.SaveAsync(Some.Checkpoint(run), async (stream, ct) =>
        {
            await stream.WriteAsync(new byte[1_000_000], ct);
            throw new IOException("The client hung up.");
        }, default));

        Files(storage).ShouldBeEmpty();
        (await storage.Checkpoints.ListAsync(null, null, 10, default)).Checkpoints.ShouldBeEmpty();
    }

    private static string[] Files(OpenStorage storage)
        => Directory.GetFiles(Path.Combine(storage.Folder, "checkpoints"), "*", SearchOption.AllDirectories);
}

using TrainService.Jobs;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests.Checkpoints;

[Collection(StorageCollection.Name)]
public sealed class ResumePointTests(StorageFixture fixture)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task The_newest_counts_and_one_before_it_is_kept_over_restarts(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();

        for (int i = 1; i <= 5; i++)
        {
            (await SaveAsync(storage, run, i)).ShouldBeTrue();
            if (i == 3)
                await storage.ReopenAsync();
            (await storage.Checkpoints.ReadResumePointAsync(run.Id)).ShouldBe(State(i));
            Files(storage, run.Id).Length.ShouldBe(Math.Min(i, 2));
        }
        await storage.ReopenAsync();
        (await storage.Checkpoints.ReadResumePointAsync(run.Id)).ShouldBe(State(5));
        (await storage.Checkpoints.ReadResumePointAsync("job_none")).ShouldBeNull();
    }

    [Theory]
    [InlineData("flipped bit")]
    [InlineData("cut off")]
    [InlineData("cut to nothing")]
    [InlineData("grown")]
    [InlineData("gone")]
    public async Task A_damaged_one_is_passed_over_for_the_one_before(string damage)
    {
        await using OpenStorage storage = await fixture.OpenAsync(StorageProvider.Sqlite);
        JobRecord run = await storage.Jobs.RunningAsync();
        for (int i = 1; i <= 4; i++)
            await SaveAsync(storage, run, i);

        Bytes.Damage(Newest(storage, run.Id), damage);

        (await storage.Checkpoints.ReadResumePointAsync(run.Id)).ShouldBe(State(3));
        foreach (string file in Files(storage, run.Id))
            Bytes.Damage(file, "cut to nothing");
        (await storage.Checkpoints.ReadResumePointAsync(run.Id)).ShouldBeNull();
        (await SaveAsync(storage, run, 9)).ShouldBeTrue();
        (await storage.Checkpoints.ReadResumePointAsync(run.Id)).ShouldBe(State(9));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_later_run_goes_on_from_it_and_a_zombie_stores_none(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord first = await storage.Jobs.RunningAsync();
        for (int i = 1; i <= 3; i++)
            await SaveAsync(storage, first, i);
        await storage.Jobs.MoveAsync(new(first.Id, JobAction.Requeue, first.RunToken, Error: new("infrastructure", "lost")), default);
        JobRecord second = await storage.Jobs.StartedAsync(first.Id);

        (await storage.Checkpoints.ReadResumePointAsync(first.Id)).ShouldBe(State(3));
        (await SaveAsync(storage, first, 100)).ShouldBeFalse();
        (await SaveAsync(storage, second, 4)).ShouldBeTrue();

        (await storage.Checkpoints.ReadResumePointAsync(first.Id)).ShouldBe(State(4));
        (await storage.Jobs.FindAsync(first.Id, default))!.Failures.ShouldBe(0);
    }

    [Fact]
    public async Task A_run_that_loses_its_job_while_it_writes_leaves_nothing()
    {
        await using OpenStorage storage = await fixture.OpenAsync(StorageProvider.Sqlite);
        JobRecord run = await storage.Jobs.RunningAsync();
        await SaveAsync(storage, run, 1);

        bool saved = await storage.Checkpoints.SaveResumePointAsync(run.Id, run.RunToken!, async (stream, ct) =>
        {
            await stream.WriteAsync(State(2), ct);
            await storage.Jobs.MoveAsync(new(run.Id, JobAction.Requeue, run.RunToken), ct);
        }, default);

        saved.ShouldBeFalse();
        Files(storage, run.Id).Length.ShouldBe(1);
        (await storage.Checkpoints.ReadResumePointAsync(run.Id)).ShouldBe(State(1));
    }

    /// <summary>Stopped after it was asked whether the job is still its own, and continued when the next run had long begun.</summary>
    [Fact]
    public async Task A_zombie_that_slips_past_the_question_does_not_displace_the_newer_state()
    {
        string root = Directory.CreateTempSubdirectory("tsresume").FullName;
        Storage.Checkpoints.ResumePoints points = new(root);
        async Task SaveAsync(int attempt, int n, Func<Task>? meanwhile = null) => await points.SaveAsync("job_1", attempt, State(n).WriterOf(), async () =>
        {
            await (meanwhile?.Invoke() ?? Task.CompletedTask);
            return true;
        }, default);

        await SaveAsync(1, 1);
        await SaveAsync(1, 2);
        await SaveAsync(1, 3, async () =>
        {
            await SaveAsync(2, 10);
            await SaveAsync(2, 11);
        });

        await using (Stream state = (await points.OpenAsync("job_1", default))!)
        {
            using MemoryStream memory = new();
            await state.CopyToAsync(memory);
            memory.ToArray().ShouldBe(State(11));
        }
        Directory.GetFiles(Path.Combine(root, "job_1")).Select(f => Path.GetFileName(f)).Order().ShouldBe(["000002-a.resume", "000002-b.resume"]);
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Its_stream_can_be_sought_and_ends_where_the_state_ends()
    {
        await using OpenStorage storage = await fixture.OpenAsync(StorageProvider.Sqlite);
        JobRecord run = await storage.Jobs.RunningAsync();
        await SaveAsync(storage, run, 1);

        await using Stream stream = (await storage.Checkpoints.OpenResumePointAsync(run.Id, default))!;

        byte[] tail = new byte[100];
        stream.Seek(-10, SeekOrigin.End);
        stream.ReadAtLeast(tail, 100, throwOnEndOfStream: false).ShouldBe(10);
        tail[..10].ShouldBe(State(1)[^10..]);
        stream.Position = 3;
        stream.ReadByte().ShouldBe(State(1)[3]);
    }

    [Fact]
    public async Task They_go_when_they_are_deleted()
    {
        await using OpenStorage storage = await fixture.OpenAsync(StorageProvider.Sqlite);
        JobRecord run = await storage.Jobs.RunningAsync();
        await SaveAsync(storage, run, 1);

        await storage.Checkpoints.DeleteResumePointsAsync(run.Id, default);
        await storage.Checkpoints.DeleteResumePointsAsync(run.Id, default);

        (await storage.Checkpoints.ReadResumePointAsync(run.Id)).ShouldBeNull();
        Directory.GetDirectories(Path.Combine(storage.Folder, "resume")).ShouldBeEmpty();
    }

    private static byte[] State(int n) => Bytes.Random(200_000 + n, n);

    private static Task<bool> SaveAsync(OpenStorage storage, JobRecord run, int n)
        => storage.Checkpoints.SaveResumePointAsync(run.Id, run.RunToken!, State(n).WriterOf(), default);

    private static string[] Files(OpenStorage storage, string jobId) => Directory.GetFiles(Path.Combine(storage.Folder, "resume", jobId));

    /// <summary>The longest, as <see cref="State"/> grows with its number.</summary>
    private static string Newest(OpenStorage storage, string jobId) => Files(storage, jobId).MaxBy(f => new FileInfo(f).Length)!;
}

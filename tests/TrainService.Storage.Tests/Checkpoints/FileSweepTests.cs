using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests.Checkpoints;

[Collection(StorageCollection.Name)]
public sealed class FileSweepTests(StorageFixture fixture)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task Takes_what_no_row_knows_once_it_is_old_and_nothing_else(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord run = await storage.Jobs.RunningAsync();
        JobRecord ended = await storage.Jobs.RunningAsync();
        CheckpointRecord kept = (await storage.Checkpoints.SaveAsync(Some.Checkpoint(run), Bytes.Random(10).WriterOf(), default))!;
        CheckpointRecord uploaded = (await storage.Checkpoints.SaveAsync(new(null, null, 0, 0, "{}", "{}"), Bytes.Random(10).WriterOf(), default))!;
        await storage.Checkpoints.SaveResumePointAsync(run.Id, run.RunToken!, Bytes.Random(10).WriterOf(), default);
        await storage.Checkpoints.SaveResumePointAsync(ended.Id, ended.RunToken!, Bytes.Random(10).WriterOf(), default);
        await storage.Jobs.MoveAsync(new(ended.Id, JobAction.Cancel), default);
        string[] orphans =
        [
            Put(storage, "checkpoints", run.Id, "ckpt_orphan.safetensors"),
            Put(storage, "checkpoints", run.Id, $"{kept.Id}.safetensors.12.tmp"),
            Put(storage, "checkpoints", "uploaded", "ckpt_orphan.safetensors"),
            Put(storage, "checkpoints", "job_gone", "ckpt_orphan.safetensors"),
            Put(storage, "resume", run.Id, "000001-a.resume.12.tmp"),
            Put(storage, "resume", "job_gone", "000001-a.resume"),
        ];

        (await storage.Checkpoints.SweepFilesAsync(default)).ShouldBe(0);
        foreach (string file in Directory.GetFiles(storage.Folder, "*", SearchOption.AllDirectories).Where(f => f.Contains('_')))
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-11));
        string young = Put(storage, "checkpoints", run.Id, "ckpt_young.safetensors");
        (await storage.Checkpoints.SweepFilesAsync(default)).ShouldBe(orphans.Length + 1);

        orphans.ShouldAllBe(o => !File.Exists(o));
        File.Exists(young).ShouldBeTrue();
        (await storage.Checkpoints.ReadAsync(kept)).Length.ShouldBe(10);
        (await storage.Checkpoints.ReadAsync(uploaded)).Length.ShouldBe(10);
        (await storage.Checkpoints.ReadResumePointAsync(run.Id))!.Length.ShouldBe(10);
        (await storage.Checkpoints.ReadResumePointAsync(ended.Id)).ShouldBeNull();
        Directory.Exists(Path.Combine(storage.Folder, "checkpoints", "job_gone")).ShouldBeFalse();
        Directory.Exists(Path.Combine(storage.Folder, "resume", ended.Id)).ShouldBeFalse();
    }

    private static string Put(OpenStorage storage, params string[] path)
    {
        string file = Path.Combine([storage.Folder, .. path]);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "x");
        return file;
    }
}

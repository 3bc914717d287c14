using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests;

public sealed class FullDiskTests
{
    [SmallDiskFact]
    public async Task A_full_disk_refuses_checkpoints_clearly_keeps_what_was_there_and_recovers()
    {
        using SmallDisk disk = new(4);
        await using TrainStorage storage = await TrainStorage.OpenAsync(new(disk.Folder));
        JobRecord run = await storage.Jobs.RunningAsync();
        byte[] bytes = Bytes.Random(1_000_000);
        List<CheckpointRecord> saved = [];

        StorageUnavailableException full = await Should.ThrowAsync<StorageUnavailableException>(async () =>
        {
            for (int step = 1; step <= 10; step++)
                saved.Add((await storage.Checkpoints.SaveAsync(Some.Checkpoint(run) with { Step = step }, bytes.WriterOf(), default))!);
        });

        full.Fault.ShouldBe(StorageFault.Full);
        saved.Count.ShouldBeInRange(1, 4);
        (await Should.ThrowAsync<StorageUnavailableException>(() => storage.Checkpoints.SaveResumePointAsync(run.Id, run.RunToken!, bytes.WriterOf(), default)))
            .Fault.ShouldBe(StorageFault.Full);
        Directory.GetFiles(disk.Folder, "*.tmp", SearchOption.AllDirectories).ShouldBeEmpty();
        foreach (CheckpointRecord checkpoint in saved)
            (await storage.Checkpoints.ReadAsync(checkpoint)).ShouldBe(bytes);

        await storage.Checkpoints.PruneAsync(run.Id, run.RunToken!, [saved[0].Id], default);
        await storage.Checkpoints.DeleteAsync(saved[0].Id, default);
        (await storage.Checkpoints.SaveAsync(Some.Checkpoint(run) with { Step = 100 }, bytes.WriterOf(), default)).ShouldNotBeNull();
    }

    [SmallDiskFact]
    public async Task A_full_disk_refuses_jobs_and_loses_none_that_was_accepted()
    {
        using SmallDisk disk = new(3);
        List<string> accepted = [];
        await using (TrainStorage storage = await TrainStorage.OpenAsync(new(disk.Folder)))
        {
            JobRecord job = Some.Job() with { SpecJson = new string('x', 20_000) };
            StorageUnavailableException full = await Should.ThrowAsync<StorageUnavailableException>(async () =>
            {
                while (accepted.Count < 10_000)
                    accepted.Add((await storage.Jobs.SubmittedAsync(job with { Id = Ids.New("job") })).Id);
            });
            full.Fault.ShouldBe(StorageFault.Full);
            (await storage.Jobs.UnfinishedAsync(default)).Select(u => u.Id).ShouldBe(accepted);
        }
        await using TrainStorage again = await TrainStorage.OpenAsync(new(disk.Folder));
        (await again.Jobs.UnfinishedAsync(default)).Select(u => u.Id).ShouldBe(accepted);
    }

    [SmallDiskFact]
    public async Task A_read_only_disk_is_said_to_be_one_and_heals()
    {
        using SmallDisk disk = new(8);
        string id;
        await using (TrainStorage storage = await TrainStorage.OpenAsync(new(disk.Folder)))
            id = (await storage.Jobs.SubmittedAsync()).Id;

        disk.MakeReadOnly(true);
        (await Should.ThrowAsync<StorageUnavailableException>(() => TrainStorage.OpenAsync(new(disk.Folder)))).Fault.ShouldBe(StorageFault.ReadOnly);

        disk.MakeReadOnly(false);
        await using TrainStorage healed = await TrainStorage.OpenAsync(new(disk.Folder));
        (await healed.Jobs.FindAsync(id, default)).ShouldNotBeNull();
        (await healed.HealthAsync(default)).ShouldBeNull();
    }
}

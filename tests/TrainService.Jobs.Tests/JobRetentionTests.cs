using Microsoft.Extensions.Logging.Abstractions;
using TrainService.Jobs.Tests.Support;

namespace TrainService.Jobs.Tests;

public sealed class JobRetentionTests
{
    private readonly MemoryJobStore _store = new();
    private readonly FakeCheckpoints _checkpoints = new();

    [Fact]
    public async Task Jobs_that_ended_long_ago_go_unless_a_checkpoint_of_theirs_must_stay()
    {
        JobService service = new(_store, _checkpoints, new RecordingQueue(), new InProcessDoorbell(), null!, NullLogger<JobService>.Instance);
        JobRecord old = await _store.SubmittedAsync(), running = await _store.RunningAsync();
        await service.CancelAsync(old.Id, default);
        await Task.Delay(20);

        (await new JobRetention(_store, service, null).RunAsync(default)).ShouldBe(0);
        (await new JobRetention(_store, service, TimeSpan.FromHours(1)).RunAsync(default)).ShouldBe(0);
        _checkpoints.Pinned.Add("ckpt_1");
        (await new JobRetention(_store, service, TimeSpan.FromMilliseconds(1)).RunAsync(default)).ShouldBe(0);
        _checkpoints.Pinned.Clear();
        (await new JobRetention(_store, service, TimeSpan.FromMilliseconds(1)).RunAsync(default)).ShouldBe(1);

        (await _store.FindAsync(old.Id, default)).ShouldBeNull();
        (await _store.FindAsync(running.Id, default)).ShouldNotBeNull();
    }
}

namespace TrainService.Jobs.Tests;

public sealed class InProcessDoorbellTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_ring_between_ticket_and_wait_is_not_missed()
    {
        InProcessDoorbell bell = new();
        long ticket = bell.Ticket("job_1");

        bell.Ring("job_1");

        await bell.WaitAsync("job_1", ticket, Long, default);
    }

    [Fact]
    public async Task A_ring_wakes_every_waiter_of_the_job_and_not_those_of_another()
    {
        InProcessDoorbell bell = new();
        Task[] waiters = [.. Enumerable.Range(0, 100).Select(_ => bell.WaitAsync("job_1", bell.Ticket("job_1"), Long, default))];
        using CancellationTokenSource other = new();

        // Jobs may share a bell; of twenty others, hardly all share this one.
        Task[] others = [.. Enumerable.Range(2, 20).Select(i => bell.WaitAsync($"job_{i}", bell.Ticket($"job_{i}"), Long, other.Token))];

        bell.Ring("job_1");
        await Task.WhenAll(waiters);

        others.ShouldContain(t => !t.IsCompleted);
        await other.CancelAsync();
        await Task.WhenAll(others.Select(async t => await t.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing)));
    }

    [Fact]
    public async Task A_wait_ends_with_its_time_without_an_error()
        => await new InProcessDoorbell().WaitAsync("job_1", 0, TimeSpan.FromMilliseconds(20), default);

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        using CancellationTokenSource cancel = new();
        Task wait = new InProcessDoorbell().WaitAsync("job_1", 0, Long, cancel.Token);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task No_ring_is_lost_between_threads()
    {
        InProcessDoorbell bell = new();
        int written = 0;
        Task reader = Task.Run(async () =>
        {
            for (int seen = 0; seen < 20_000;)
            {
                long ticket = bell.Ticket("job_1");
                int now = Volatile.Read(ref written);
                if (now == seen)
                    await bell.WaitAsync("job_1", ticket, Long, default);
                seen = now;
            }
        });

        for (int i = 0; i < 20_000; i++)
        {
            Interlocked.Increment(ref written);
            bell.Ring("job_1");
        }

        await reader.WaitAsync(TimeSpan.FromMinutes(1));
    }
}

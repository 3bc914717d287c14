using TrainService.Jobs.Tests.Support;

namespace TrainService.Jobs.Tests;

public sealed class EventStreamTests
{
    private readonly MemoryJobStore _store = new();
    private readonly InProcessDoorbell _bell = new();
    private readonly EventStream _stream;

    public EventStreamTests() => _stream = new(_store, _bell);

    [Fact]
    public async Task Replays_a_finished_log_from_anywhere_and_ends()
    {
        JobRecord run = await _store.RunningAsync();
        await ReportAsync(run, 1000);
        await _store.MoveAsync(new(run.Id, JobAction.Succeed, run.RunToken), default);

        foreach (long after in new long[] { 0, 1, 255, 256, 257, 1001, 1002, 1003, 5000 })
            (await SeqsAsync(run.Id, after)).ShouldBe(Enumerable.Range(1, 1003).Select(i => (long)i).Where(s => s > after));
    }

    [Fact]
    public async Task Ends_at_once_when_there_is_no_such_job() => (await SeqsAsync("job_none", 0)).ShouldBeEmpty();

    [Fact]
    public async Task Waits_for_what_comes_and_ends_with_the_job()
    {
        JobRecord run = await _store.RunningAsync();
        Task<long[]> follower = SeqsAsync(run.Id, 0);

        for (int i = 0; i < 50; i++)
        {
            await ReportAsync(run, 3);
            await Task.Yield();
        }
        follower.IsCompleted.ShouldBeFalse();
        await _store.MoveAsync(new(run.Id, JobAction.Cancel), default);
        _bell.Ring(run.Id);

        (await follower.WaitAsync(TimeSpan.FromMinutes(1))).ShouldBe(Enumerable.Range(1, 153).Select(i => (long)i));
    }

    [Fact]
    public async Task A_reader_that_stands_still_costs_no_reads()
    {
        JobRecord run = await _store.RunningAsync();
        await ReportAsync(run, 10);
        await using IAsyncEnumerator<JobEvent> reader = _stream.FollowAsync(run.Id, 0, default).GetAsyncEnumerator();
        await reader.MoveNextAsync();
        int reads = _store.Reads;

        await ReportAsync(run, 1000);

        _store.Reads.ShouldBe(reads);
        (await reader.MoveNextAsync()).ShouldBeTrue();
        reader.Current.Seq.ShouldBe(2);
    }

    [Fact]
    public async Task Ends_when_the_job_is_deleted_under_it()
    {
        JobRecord run = await _store.RunningAsync();
        await using IAsyncEnumerator<JobEvent> reader = _stream.FollowAsync(run.Id, 0, default).GetAsyncEnumerator();
        await reader.MoveNextAsync();
        await reader.MoveNextAsync();

        ValueTask<bool> next = reader.MoveNextAsync();
        await _store.MoveAsync(new(run.Id, JobAction.Cancel), default);
        await _store.DeleteAsync(run.Id, default);
        _bell.Ring(run.Id);

        (await next).ShouldBeFalse();
    }

    [Fact]
    public async Task A_ring_that_got_lost_delays_the_event_only()
    {
        JobRecord run = await _store.RunningAsync();
        await using IAsyncEnumerator<IReadOnlyList<JobEvent>> pages = _stream.PagesAsync(run.Id, 2, TimeSpan.FromSeconds(1.1), () => TimeSpan.Zero, default).GetAsyncEnumerator();
        Task<bool> first = pages.MoveNextAsync().AsTask();
        // Stored, and not rung for: the process that wrote it has died in between.
        await _store.ReportAsync(new(run.Id, run.RunToken!) { Events = [new NewJobEvent("log", "{}")] }, default);

        (await first.WaitAsync(TimeSpan.FromMinutes(1))).ShouldBeTrue();
        pages.Current.Count.ShouldBeInRange(0, 1);
        if (pages.Current.Count == 0)
            (await pages.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1))).ShouldBeTrue();
        pages.Current.ShouldHaveSingleItem().Seq.ShouldBe(3);
    }

    [Fact]
    public async Task Pages_come_empty_when_it_is_quiet_and_no_closer_than_asked()
    {
        JobRecord run = await _store.RunningAsync();
        await using IAsyncEnumerator<IReadOnlyList<JobEvent>> pages = _stream.PagesAsync(run.Id, 0, TimeSpan.FromMilliseconds(50), () => TimeSpan.FromMilliseconds(200), default).GetAsyncEnumerator();
        (await pages.MoveNextAsync()).ShouldBeTrue();
        pages.Current.Select(e => e.Seq).ShouldBe([1, 2]);
        for (int i = 0; i < 3; i++)
        {
            await ReportAsync(run, 1);
            await Task.Delay(5);
        }

        (await pages.MoveNextAsync()).ShouldBeTrue();
        pages.Current.Select(e => e.Seq).ShouldBe([3, 4, 5], "gathered");
        (await pages.MoveNextAsync()).ShouldBeTrue();
        pages.Current.ShouldBeEmpty("nothing for so long");
        await _store.MoveAsync(new(run.Id, JobAction.Cancel), default);
        _bell.Ring(run.Id);
        (await pages.MoveNextAsync()).ShouldBeTrue();
        pages.Current.ShouldHaveSingleItem().Seq.ShouldBe(6);
        (await pages.MoveNextAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Can_be_left_while_it_waits()
    {
        JobRecord run = await _store.RunningAsync();
        using CancellationTokenSource cancel = new();
        Task<long[]> follower = SeqsAsync(run.Id, 2, cancel.Token);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => follower);
    }

    private async Task ReportAsync(JobRecord run, int events)
    {
        await _store.ReportAsync(new(run.Id, run.RunToken!) { Events = [.. Enumerable.Range(0, events).Select(_ => new NewJobEvent("log", "{}"))] }, default);
        _bell.Ring(run.Id);
    }

    private async Task<long[]> SeqsAsync(string id, long after, CancellationToken ct = default)
    {
        List<long> seqs = [];
        await foreach (JobEvent e in _stream.FollowAsync(id, after, ct))
            seqs.Add(e.Seq);
        return [.. seqs];
    }
}

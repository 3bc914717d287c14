using System.Diagnostics;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Queue.Tests.Support;

namespace TrainService.Queue.Tests;

/// <summary>What every queue engine must do: one suite, held against each (<see cref="QueueEngines"/>).</summary>
[Collection(PostgresCollection.Name)]
public sealed class QueueContract(PostgresFixture postgres)
{
    private Task<IQueueHarness> CreateAsync(string engine, IJobRunner runner, int maxConcurrency) => QueueEngines.CreateAsync(engine, runner, maxConcurrency, postgres);

    private static string NewId() => Ids.New("job");

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
            await Task.Delay(5);
        }
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task Runs_what_is_enqueued(string engine)
    {
        ProbeRunner runner = new();
        await using IQueueHarness harness = await CreateAsync(engine, runner, 1);
        await harness.Queue.StartAsync(default);
        string id = NewId();

        await harness.Queue.EnqueueAsync(id, 0, null, default);

        (await runner.NextAsync()).JobId.ShouldBe(id);
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task Takes_jobs_before_it_is_started_and_runs_them_after(string engine)
    {
        ProbeRunner runner = new();
        await using IQueueHarness harness = await CreateAsync(engine, runner, 1);
        string id = NewId();

        await harness.Queue.EnqueueAsync(id, 0, null, default);
        (await harness.Queue.HealthAsync(default)).ShouldNotBeNull();
        runner.Started.ShouldBeEmpty();
        await harness.Queue.StartAsync(default);

        (await runner.NextAsync()).JobId.ShouldBe(id);
        (await harness.Queue.HealthAsync(default)).ShouldBeNull();
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task Keeps_strict_order_by_band_then_by_age_whatever_the_order_of_enqueuing(string engine)
    {
        ProbeRunner runner = new();
        await using IQueueHarness harness = await CreateAsync(engine, runner, 1);
        (string Id, int Priority)[] jobs = [.. Enumerable.Range(0, 60).Select(i => (NewId(), new[] { 0, 7, -2, 1, 0, -9 }[i % 6]))];
        Random random = new(1);

        foreach ((string id, int priority) in jobs.OrderBy(_ => random.Next()))
            await harness.Queue.EnqueueAsync(id, priority, null, default);
        await harness.Queue.StartAsync(default);

        string[] expected = [.. jobs.OrderByDescending(j => Math.Sign(j.Priority)).ThenBy(j => j.Id, StringComparer.Ordinal).Select(j => j.Id)];
        (await runner.NextAsync(60)).ShouldBe(expected);
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task A_job_of_a_higher_band_passes_those_that_wait(string engine)
    {
        ProbeRunner runner = new() { Holds = true };
        await using IQueueHarness harness = await CreateAsync(engine, runner, 1);
        await harness.Queue.StartAsync(default);
        string[] ids = [NewId(), NewId(), NewId(), NewId()];
        await harness.Queue.EnqueueAsync(ids[0], 0, null, default);
        await runner.NextAsync();

        await harness.Queue.EnqueueAsync(ids[1], -1, null, default);
        await harness.Queue.EnqueueAsync(ids[2], 0, null, default);
        await harness.Queue.EnqueueAsync(ids[3], 1, null, default);
        foreach (string id in ids)
            runner.LetGo(id);

        (await runner.NextAsync(3)).ShouldBe([ids[3], ids[2], ids[1]]);
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task Enqueuing_again_moves_a_waiting_job_to_its_new_band_and_runs_it_once(string engine)
    {
        ProbeRunner runner = new() { Holds = true };
        await using IQueueHarness harness = await CreateAsync(engine, runner, 1);
        await harness.Queue.StartAsync(default);
        string[] ids = [NewId(), NewId(), NewId()];
        await harness.Queue.EnqueueAsync(ids[0], 0, null, default);
        await runner.NextAsync();

        await harness.Queue.EnqueueAsync(ids[1], 0, null, default);
        await harness.Queue.EnqueueAsync(ids[2], 0, null, default);
        await harness.Queue.EnqueueAsync(ids[2], 1, null, default);
        await harness.Queue.EnqueueAsync(ids[1], 0, null, default);
        foreach (string id in ids)
            runner.LetGo(id);

        (await runner.NextAsync(2)).ShouldBe([ids[2], ids[1]]);
        await EventuallyAsync(() => runner.Ended.Count == 3);
        await harness.ShutDownAsync();
        runner.Started.Count.ShouldBe(3);
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task Runs_one_at_a_time_and_everything_once(string engine) => await RunManyAsync(engine, 1);

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task Runs_no_more_at_once_than_allowed_and_everything_once(string engine) => await RunManyAsync(engine, 3);

    private async Task RunManyAsync(string engine, int concurrency)
    {
        ProbeRunner runner = new() { AtEnd = _ => Task.Delay(1) };
        await using IQueueHarness harness = await CreateAsync(engine, runner, concurrency);
        await harness.Queue.StartAsync(default);
        string[] ids = [.. Enumerable.Range(0, 300).Select(_ => NewId())];

        await Task.WhenAll(ids.Select(id => Task.Run(() => harness.Queue.EnqueueAsync(id, 0, null, default))));
        await runner.NextAsync(300);
        await harness.ShutDownAsync();

        runner.Started.Order(StringComparer.Ordinal).ShouldBe(ids);
        runner.MostAtOnce.ShouldBeInRange(1, concurrency);
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task A_cancelled_waiting_job_never_runs(string engine)
    {
        ProbeRunner runner = new() { Holds = true };
        await using IQueueHarness harness = await CreateAsync(engine, runner, 1);
        await harness.Queue.StartAsync(default);
        string[] ids = [NewId(), NewId(), NewId()];
        foreach (string id in ids)
            await harness.Queue.EnqueueAsync(id, 0, null, default);
        await runner.NextAsync();

        await harness.Queue.CancelAsync(ids[1], default);
        foreach (string id in ids)
            runner.LetGo(id);

        (await runner.NextAsync()).JobId.ShouldBe(ids[2]);
        await EventuallyAsync(() => runner.Ended.Count == 2);
        runner.Started.ShouldBe([ids[0], ids[2]]);
        runner.Cancelled.ShouldBeEmpty();
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task Cancelling_reaches_the_running_job_and_no_other(string engine)
    {
        ProbeRunner runner = new() { Holds = true };
        await using IQueueHarness harness = await CreateAsync(engine, runner, 2);
        await harness.Queue.StartAsync(default);
        string[] ids = [NewId(), NewId()];
        foreach (string id in ids)
            await harness.Queue.EnqueueAsync(id, 0, null, default);
        await runner.NextAsync(2);

        await harness.Queue.CancelAsync(ids[0], default);

        await EventuallyAsync(() => runner.Ended.Count == 1);
        runner.Cancelled.ShouldBe([ids[0]]);
        runner.LetGo(ids[1]);
        await EventuallyAsync(() => runner.Ended.Count == 2);
        runner.Cancelled.ShouldBe([ids[0]]);
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task Cancelling_what_is_not_there_does_nothing(string engine)
    {
        await using IQueueHarness harness = await CreateAsync(engine, new ProbeRunner(), 1);

        await harness.Queue.CancelAsync(NewId(), default);
        await harness.Queue.StartAsync(default);
        await harness.Queue.CancelAsync(NewId(), default);

        (await harness.Queue.HealthAsync(default)).ShouldBeNull();
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task A_cancelled_job_can_be_enqueued_again(string engine)
    {
        ProbeRunner runner = new() { Holds = true };
        await using IQueueHarness harness = await CreateAsync(engine, runner, 1);
        await harness.Queue.StartAsync(default);
        string id = NewId();
        await harness.Queue.EnqueueAsync(id, 0, null, default);
        await runner.NextAsync();
        await harness.Queue.CancelAsync(id, default);

        await harness.Queue.EnqueueAsync(id, 0, null, default);

        (await runner.NextAsync()).JobId.ShouldBe(id);
        runner.LetGo(id);
        await EventuallyAsync(() => runner.Ended.Count == 2);
        runner.MostAtOnce.ShouldBe(1);
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task A_job_enqueued_while_it_runs_is_called_once_more_and_never_beside_itself(string engine)
    {
        ProbeRunner runner = new() { Holds = true };
        await using IQueueHarness harness = await CreateAsync(engine, runner, 4);
        await harness.Queue.StartAsync(default);
        string id = NewId();
        await harness.Queue.EnqueueAsync(id, 0, null, default);
        await runner.NextAsync();

        await harness.Queue.EnqueueAsync(id, 0, null, default);
        await harness.Queue.EnqueueAsync(id, 0, null, default);
        runner.LetGo(id);

        (await runner.NextAsync()).JobId.ShouldBe(id);
        runner.LetGo(id);
        await EventuallyAsync(() => runner.Ended.Count == 2);
        await harness.ShutDownAsync();
        runner.Started.Count.ShouldBe(2);
        runner.MostAtOnce.ShouldBe(1);
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task A_delayed_job_starts_no_earlier_and_then_takes_its_place_in_line(string engine)
    {
        ProbeRunner runner = new() { Holds = true };
        await using IQueueHarness harness = await CreateAsync(engine, runner, 1);
        await harness.Queue.StartAsync(default);
        string[] ids = [NewId(), NewId(), NewId()];
        await harness.Queue.EnqueueAsync(ids[1], 0, null, default);
        (await runner.NextAsync()).JobId.ShouldBe(ids[1]);

        DateTimeOffset notBefore = DateTimeOffset.UtcNow.AddMilliseconds(400);
        await harness.Queue.EnqueueAsync(ids[0], 0, notBefore, default);
        await harness.Queue.EnqueueAsync(ids[2], 0, null, default);
        await Task.Delay(TimeSpan.FromMilliseconds(1500));
        foreach (string id in ids)
            runner.LetGo(id);

        ProbeRunner.Call call = await runner.NextAsync();
        call.JobId.ShouldBe(ids[0]);
        call.At.ShouldBeGreaterThanOrEqualTo(notBefore);
        (await runner.NextAsync()).JobId.ShouldBe(ids[2]);
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task A_delay_can_be_lifted_imposed_and_cancelled(string engine)
    {
        ProbeRunner runner = new();
        await using IQueueHarness harness = await CreateAsync(engine, runner, 1);
        string[] ids = [NewId(), NewId(), NewId(), NewId()];
        DateTimeOffset later = DateTimeOffset.UtcNow.AddHours(1);
        DateTimeOffset past = DateTimeOffset.UtcNow.AddHours(-1);

        await harness.Queue.EnqueueAsync(ids[0], 0, later, default);
        await harness.Queue.EnqueueAsync(ids[0], 0, null, default);
        await harness.Queue.EnqueueAsync(ids[1], 0, null, default);
        await harness.Queue.EnqueueAsync(ids[1], 0, later, default);
        await harness.Queue.EnqueueAsync(ids[2], 0, later, default);
        await harness.Queue.CancelAsync(ids[2], default);
        await harness.Queue.EnqueueAsync(ids[3], 0, past, default);
        await harness.Queue.StartAsync(default);

        (await runner.NextAsync(2)).ShouldBe([ids[0], ids[3]]);
        await harness.ShutDownAsync();
        runner.Started.Count.ShouldBe(2);
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task A_shutdown_cancels_running_jobs_and_waits_until_they_have_saved(string engine)
    {
        ProbeRunner runner = new() { Holds = true };
        await using IQueueHarness harness = await CreateAsync(engine, runner, 2);
        await harness.Queue.StartAsync(default);
        string[] ids = [NewId(), NewId(), NewId()];
        foreach (string id in ids)
            await harness.Queue.EnqueueAsync(id, 0, null, default);
        await runner.NextAsync(2);

        await harness.ShutDownAsync();

        runner.Cancelled.Order(StringComparer.Ordinal).ShouldBe(ids[..2]);
        runner.Ended.Count.ShouldBe(2);
        runner.Started.ShouldNotContain(ids[2]);
    }

    [Theory, OnQuartz, OnQuartzPostgres, OnDispatched, OnHangfire]
    public async Task A_runner_that_throws_does_not_stop_the_queue_and_is_not_called_again_by_itself(string engine)
    {
        ProbeRunner runner = new() { AtEnd = _ => throw new InvalidOperationException("A test's own.") };
        await using IQueueHarness harness = await CreateAsync(engine, runner, 1);
        await harness.Queue.StartAsync(default);
        string[] ids = [.. Enumerable.Range(0, 10).Select(_ => NewId())];

        foreach (string id in ids)
            await harness.Queue.EnqueueAsync(id, 0, null, default);

        (await runner.NextAsync(10)).Order(StringComparer.Ordinal).ShouldBe(ids);
        await harness.ShutDownAsync();
        runner.Started.Count.ShouldBe(10);
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Tests.Support;
using TrainService.Queue.Tests.Support;

namespace TrainService.Queue.Tests;

/// <summary>Store, sweeper, engine and runner together, over restarts.</summary>
public sealed class QueueServiceTests
{
    private readonly MemoryJobStore _store = new();

    [Fact]
    public async Task After_a_restart_all_that_waits_runs_in_order_and_a_lost_run_has_its_old_place()
    {
        JobRecord lost = await _store.RunningAsync();
        JobRecord low = await _store.SubmittedAsync(Some.Job() with { Priority = -1 });
        JobRecord middle = await _store.SubmittedAsync();
        JobRecord high = await _store.SubmittedAsync(Some.Job() with { Priority = 1 });
        ProbeRunner probe = new();
        using IHost host = Build(new StoreRunner(_store, probe));

        await host.StartAsync();

        (await probe.NextAsync(4)).ShouldBe([high.Id, lost.Id, middle.Id, low.Id]);
        await EventuallyAsync(() => probe.Ended.Count == 4);
        host.Services.GetRequiredService<QueueService>().Ready.ShouldBeTrue();
        await host.StopAsync();
        foreach (JobRecord job in new[] { lost, low, middle, high })
            (await _store.FindAsync(job.Id, default))!.Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_shutdown_leaves_running_jobs_queued_without_a_failure_and_the_next_process_runs_them()
    {
        JobRecord job = await _store.SubmittedAsync();
        ProbeRunner held = new() { Holds = true };
        using (IHost first = Build(new StoreRunner(_store, held)))
        {
            await first.StartAsync();
            await held.NextAsync();
            await first.StopAsync();
        }
        JobRecord between = (await _store.FindAsync(job.Id, default))!;
        (between.Status, between.Attempt, between.Failures).ShouldBe((JobStatus.Queued, 1, 0));

        ProbeRunner probe = new();
        using IHost second = Build(new StoreRunner(_store, probe));
        await second.StartAsync();

        (await probe.NextAsync()).JobId.ShouldBe(job.Id);
        await EventuallyAsync(() => probe.Ended.Count == 1);
        await second.StopAsync();
        (await _store.FindAsync(job.Id, default))!.Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task What_the_engine_has_lost_is_told_to_it_again()
    {
        ProbeRunner probe = new();
        using IHost host = Build(new StoreRunner(_store, probe), TimeSpan.FromMilliseconds(20));
        await host.StartAsync();
        await EventuallyAsync(() => host.Services.GetRequiredService<QueueService>().Ready);

        // Stored, and never enqueued by anybody: as when a process dies between the two.
        JobRecord job = await _store.SubmittedAsync();

        (await probe.NextAsync()).JobId.ShouldBe(job.Id);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_store_that_does_not_answer_at_first_only_delays_the_start()
    {
        JobRecord lost = await _store.RunningAsync();
        _store.Fault = new StorageUnavailableException(StorageFault.Unreachable, "away");
        ProbeRunner probe = new();
        using IHost host = Build(new StoreRunner(_store, probe), TimeSpan.FromMilliseconds(20));

        await host.StartAsync();
        await Task.Delay(100);
        probe.Started.ShouldBeEmpty();
        _store.Fault = null;

        (await probe.NextAsync()).JobId.ShouldBe(lost.Id);
        await host.StopAsync();
    }

    private IHost Build(IJobRunner runner, TimeSpan? interval = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        builder.Services.AddSingleton<IJobStore>(_store);
        builder.Services.AddSingleton<ICheckpointStore>(new FakeCheckpoints());
        builder.Services.AddSingleton<IDoorbell>(new InProcessDoorbell());
        builder.Services.AddSingleton(new RetryPolicy());
        builder.Services.AddSingleton<RunFailures>();
        builder.Services.AddSingleton(new TrackedRunner(runner));
        builder.Services.AddSingleton<IJobRunner>(p => p.GetRequiredService<TrackedRunner>());
        builder.Services.AddSingleton<Sweeper>();
        builder.Services.AddSingleton(new RunLeases(_store, null));
        builder.Services.AddQuartzQueue(new() { SweepInterval = interval ?? TimeSpan.FromSeconds(15) });
        builder.Services.AddQueueService();
        return builder.Build();
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        for (int i = 0; i < 6000 && !condition(); i++)
            await Task.Delay(10);
        condition().ShouldBeTrue();
    }

    /// <summary>The least a runner does: start, work, end; a shutdown requeues.</summary>
    private sealed class StoreRunner(IJobStore store, IJobRunner work) : IJobRunner
    {
        public async Task RunAsync(string jobId, CancellationToken ct)
        {
            string token = Ids.New("run");
            if ((await store.MoveAsync(new(jobId, JobAction.Start, NewRunToken: token), ct)).Result != MoveResult.Moved)
                return;
            try
            {
                await work.RunAsync(jobId, ct);
                await store.MoveAsync(new(jobId, JobAction.Succeed, token), CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                await store.MoveAsync(new(jobId, JobAction.Requeue, token, "The service was shut down."), CancellationToken.None);
                throw;
            }
        }
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Tests.Support;

namespace TrainService.Jobs.Tests;

public sealed class SweeperTests
{
    private readonly MemoryJobStore _store = new();
    private readonly FakeCheckpoints _checkpoints = new();
    private readonly RecordingQueue _queue = new();
    private readonly HeldRunner _held = new();
    private readonly TrackedRunner _runner;
    private readonly Sweeper _sweeper;

    public SweeperTests()
    {
        _runner = new(_held);
        RunFailures failures = new(_store, _queue, new InProcessDoorbell(), new());
        _sweeper = new(_store, _checkpoints, _queue, failures, _runner, NullLogger<Sweeper>.Instance);
    }

    [Fact]
    public async Task After_a_restart_every_job_goes_on_from_where_it_stood()
    {
        JobRecord queued = await _store.SubmittedAsync(Some.Job() with { Priority = 3 });
        JobRecord running = await _store.RunningAsync();
        JobRecord pausing = await AskedAsync(JobAction.RequestPause);
        JobRecord stopping = await AskedAsync(JobAction.RequestStop);
        JobRecord paused = await _store.SubmittedAsync();
        await _store.MoveAsync(new(paused.Id, JobAction.RequestPause), default);
        JobRecord done = await _store.RunningAsync();
        await _store.MoveAsync(new(done.Id, JobAction.Succeed, done.RunToken), default);

        SweepResult result = await _sweeper.TickAsync(default);

        (result.Waiting, result.Recovered, result.GivenUp).ShouldBe((1, 3, 0));
        _queue.Enqueued.ShouldBe([(queued.Id, 3, null), (running.Id, 0, null)]);
        JobRecord recovered = await GetAsync(running);
        (recovered.Status, recovered.Failures, recovered.Losses, recovered.RunToken).ShouldBe((JobStatus.Queued, 0, 1, null));
        recovered.Reason.ShouldNotBeNull();
        (await GetAsync(pausing)).Status.ShouldBe(JobStatus.Paused);
        (await GetAsync(stopping)).Status.ShouldBe(JobStatus.Stopped);
        (await GetAsync(paused)).Status.ShouldBe(JobStatus.Paused);
        (await GetAsync(done)).Status.ShouldBe(JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_job_that_kills_its_process_again_and_again_is_given_up_with_that_reason()
    {
        JobRecord job = await _store.RunningAsync(Some.Job() with { MaxAttempts = 1 });
        for (int lost = 1; lost <= 2; lost++)
        {
            (await _sweeper.TickAsync(default)).Recovered.ShouldBe(1);
            await _store.MoveAsync(new(job.Id, JobAction.Start, NewRunToken: Ids.New("run")), default);
        }

        (await _sweeper.TickAsync(default)).GivenUp.ShouldBe(1);

        JobRecord failed = await GetAsync(job);
        (failed.Status, failed.Attempt, failed.Error!.Class).ShouldBe((JobStatus.Failed, 3, ErrorClass.Infrastructure));
        failed.Reason!.ShouldContain("3 times");
    }

    [Fact]
    public async Task A_run_that_holds_its_lease_elsewhere_is_left_alone_until_it_has_run_out()
    {
        JobRecord run = await _store.RunningAsync();
        _store.Leased.Add(run.RunToken!);

        (await _sweeper.TickAsync(default)).Recovered.ShouldBe(0);
        _store.Leased.Clear();
        (await _sweeper.TickAsync(default)).Recovered.ShouldBe(1);

        (await GetAsync(run)).Status.ShouldBe(JobStatus.Queued);
    }

    [Fact]
    public async Task A_run_that_lives_in_this_process_is_left_alone_until_it_has_let_go()
    {
        JobRecord run = await _store.RunningAsync();
        Task call = _runner.RunAsync(run.Id, default);

        (await _sweeper.TickAsync(default)).Recovered.ShouldBe(0);
        (await GetAsync(run)).Status.ShouldBe(JobStatus.Running);

        // It ends without having said so: a bug of the runner must not leave the job running for ever.
        _held.Gate.SetResult();
        await call;
        (await _sweeper.TickAsync(default)).Recovered.ShouldBe(1);
        (await GetAsync(run)).Status.ShouldBe(JobStatus.Queued);
    }

    [Fact]
    public async Task A_second_delivery_of_a_running_job_returns_at_once()
    {
        Task first = _runner.RunAsync("job_1", default);

        await _runner.RunAsync("job_1", default);

        (_held.Calls, _runner.Count, _runner.IsRunning("job_1")).ShouldBe((1, 1, true));
        _held.Gate.SetResult();
        await first;
        _runner.IsRunning("job_1").ShouldBeFalse();
    }

    [Fact]
    public async Task What_fails_for_one_job_does_not_keep_the_others_waiting()
    {
        JobRecord queued = await _store.SubmittedAsync();
        JobRecord stopping = await AskedAsync(JobAction.RequestStop);
        _queue.Fault = new InvalidOperationException("down");

        SweepResult result = await _sweeper.TickAsync(default);

        (result.Waiting, result.Recovered).ShouldBe((1, 1));
        (await GetAsync(stopping)).Status.ShouldBe(JobStatus.Stopped);
        (await GetAsync(queued)).Status.ShouldBe(JobStatus.Queued);
    }

    [Fact]
    public async Task Files_are_swept_at_first_and_then_once_an_hour()
    {
        await _sweeper.TickAsync(default);
        await _sweeper.TickAsync(default);

        _checkpoints.Sweeps.ShouldBe(1);
    }

    private async Task<JobRecord> AskedAsync(JobAction action)
    {
        JobRecord run = await _store.RunningAsync();
        return (await _store.MoveAsync(new(run.Id, action), default)).Job!;
    }

    private async Task<JobRecord> GetAsync(JobRecord job) => (await _store.FindAsync(job.Id, default))!;

    private sealed class HeldRunner : IJobRunner
    {
        public TaskCompletionSource Gate { get; } = new();

        public int Calls { get; private set; }

        public Task RunAsync(string jobId, CancellationToken ct)
        {
            Calls++;
            return Gate.Task;
        }
    }
}

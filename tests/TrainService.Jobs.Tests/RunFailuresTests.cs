using TrainService.Jobs.Ports;
using TrainService.Jobs.Tests.Support;

namespace TrainService.Jobs.Tests;

public sealed class RunFailuresTests
{
    private readonly MemoryJobStore _store = new();
    private readonly RecordingQueue _queue = new();
    private readonly RunFailures _failures;

    public RunFailuresTests() => _failures = new(_store, _queue, new InProcessDoorbell(), new());

    [Theory]
    [InlineData(ErrorClass.User)]
    [InlineData(ErrorClass.Bug)]
    public async Task What_trying_again_cannot_help_fails_at_once(string errorClass)
    {
        JobRecord run = await _store.RunningAsync();

        MoveOutcome outcome = await _failures.FailAsync(run.Id, run.RunToken!, new(errorClass, "It broke."), [new("log", "{}")], default);

        (outcome.Job!.Status, outcome.Job.Error, outcome.Job.Reason).ShouldBe((JobStatus.Failed, new JobError(errorClass, "It broke."), "It broke."));
        (await _store.EventsAsync(run.Id, 2, 10, default)).Select(e => e.Type).ShouldBe(["log", "status"]);
        _queue.Enqueued.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(ErrorClass.Resource)]
    [InlineData(ErrorClass.Infrastructure)]
    public async Task The_rest_is_tried_again_later_and_later_until_the_limit(string errorClass)
    {
        JobRecord run = await _store.RunningAsync();
        List<TimeSpan> delays = [];
        while (!run.Terminal)
        {
            DateTimeOffset now = DateTimeOffset.UtcNow;
            run = (await _failures.FailAsync(run.Id, run.RunToken!, new(errorClass, "It broke."), [], default)).Job!;
            if (run.Terminal)
                break;
            delays.Add(run.NotBefore!.Value - now);
            _queue.Enqueued[^1].ShouldBe((run.Id, 0, run.NotBefore));
            run = (await _store.MoveAsync(new(run.Id, JobAction.Start, NewRunToken: Ids.New("run")), default)).Job!;
        }

        run.Attempt.ShouldBe(3);
        run.Status.ShouldBe(JobStatus.Failed);
        run.Reason.ShouldBe("It broke. It failed 3 times in a row.");
        delays.Count.ShouldBe(2);
        delays[1].ShouldBeGreaterThan(delays[0]);
    }

    [Fact]
    public async Task A_failure_while_a_pause_is_asked_for_leaves_it_paused_and_while_a_stop_is_fails_it()
    {
        JobRecord pausing = await _store.RunningAsync();
        await _store.MoveAsync(new(pausing.Id, JobAction.RequestPause), default);
        JobRecord stopping = await _store.RunningAsync();
        await _store.MoveAsync(new(stopping.Id, JobAction.RequestStop), default);
        JobError error = new(ErrorClass.Infrastructure, "It broke.");

        (await _failures.FailAsync(pausing.Id, pausing.RunToken!, error, [], default)).Job!.Status.ShouldBe(JobStatus.Paused);
        (await _failures.FailAsync(stopping.Id, stopping.RunToken!, error, [], default)).Job!.Status.ShouldBe(JobStatus.Failed);

        _queue.Enqueued.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_queue_that_is_going_down_does_not_undo_the_move()
    {
        JobRecord run = await _store.RunningAsync();
        _queue.Fault = new InvalidOperationException("down");

        (await _failures.FailAsync(run.Id, run.RunToken!, new(ErrorClass.Infrastructure, "x"), [], default)).Job!.Status.ShouldBe(JobStatus.Queued);
    }

    [Fact]
    public async Task A_fenced_run_fails_nothing()
    {
        JobRecord run = await _store.RunningAsync();

        (await _failures.FailAsync(run.Id, "run_old", new(ErrorClass.User, "x"), [], default)).Result.ShouldBe(MoveResult.Fenced);
        (await _failures.FailAsync("job_none", "run_old", new(ErrorClass.User, "x"), [], default)).Result.ShouldBe(MoveResult.NotFound);

        (await _store.FindAsync(run.Id, default)).ShouldBe(run);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(20, 300)]
    public void Delays_double_up_to_five_minutes(int failures, double seconds)
        => new RetryPolicy().DelayAfter(ErrorClass.Infrastructure, failures, 100).ShouldBe(TimeSpan.FromSeconds(seconds));
}

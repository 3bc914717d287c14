using NSubstitute;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Training.Running;

namespace TrainService.Training.Tests.Running;

public class RunWatchTests
{
    private readonly IJobStore _store = Substitute.For<IJobStore>();
    private readonly InProcessDoorbell _doorbell = new();
    private volatile JobRecord? _job = Job(JobStatus.Running);

    public RunWatchTests() => _store.FindAsync("job_1", Arg.Any<CancellationToken>()).Returns(_ => _job);

    [Theory]
    [InlineData(JobStatus.Stopping, "run_1", "Stop")]
    [InlineData(JobStatus.Pausing, "run_1", "Pause")]
    [InlineData(JobStatus.Cancelled, null, "Lost")]
    [InlineData(JobStatus.Running, "run_2", "Lost")]
    [InlineData(JobStatus.Queued, null, "Lost")]
    public async Task A_ring_turns_the_job_s_status_into_what_to_do(JobStatus status, string? token, string expected)
    {
        await using var watch = new RunWatch(_store, _doorbell, "job_1", "run_1", default);
        watch.Current.ShouldBe(Interrupt.None);

        _job = Job(status, token);
        _doorbell.Ring("job_1");

        await UntilAsync(() => watch.Current.ToString() == expected);
    }

    [Fact]
    public async Task A_pause_that_is_taken_back_is_no_reason_any_more()
    {
        _job = Job(JobStatus.Pausing);
        await using var watch = new RunWatch(_store, _doorbell, "job_1", "run_1", default);
        await UntilAsync(() => watch.Current == Interrupt.Pause);

        _job = Job(JobStatus.Running);
        _doorbell.Ring("job_1");

        await UntilAsync(() => watch.Current == Interrupt.None);
    }

    [Fact]
    public async Task A_cancelled_token_is_a_shutdown_when_the_job_still_stands_as_running()
    {
        using var shutdown = new CancellationTokenSource();
        await using var watch = new RunWatch(_store, _doorbell, "job_1", "run_1", shutdown.Token);

        await shutdown.CancelAsync();

        await UntilAsync(() => watch.Current == Interrupt.Shutdown);
    }

    [Fact]
    public async Task A_cancelled_token_of_a_cancelled_job_is_no_shutdown()
    {
        using var shutdown = new CancellationTokenSource();
        await using var watch = new RunWatch(_store, _doorbell, "job_1", "run_1", shutdown.Token);
        _job = Job(JobStatus.Cancelled, null);

        await shutdown.CancelAsync();

        await UntilAsync(() => watch.Current == Interrupt.Lost);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition()) await Task.Delay(5, patience.Token);
    }

    private static JobRecord Job(JobStatus status, string? token = "run_1") => new()
    {
        Id = "job_1", Kind = "train", Status = status, RunToken = token, SpecJson = "{}", ResolvedJson = "{}", SummaryJson = "{}", WarningsJson = "[]",
        CreatedAt = default, QueuedAt = default,
    };
}

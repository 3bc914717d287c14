using NSubstitute;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Training.Running;

namespace TrainService.Training.Tests.Running;

public class RunReporterTests
{
    private readonly IJobStore _store = Substitute.For<IJobStore>();
    private readonly List<RunReport> _stored = [];
    private bool _fenced;

    public RunReporterTests() => _store.ReportAsync(Arg.Any<RunReport>(), Arg.Any<CancellationToken>()).Returns(call =>
    {
        _stored.Add(call.Arg<RunReport>());
        return !_fenced;
    });

    [Fact]
    public async Task What_waits_together_is_stored_together_in_order()
    {
        await using var reporter = new RunReporter(_store, new InProcessDoorbell(), () => { });
        var gate = new TaskCompletionSource<bool>();
        reporter.Do(() => gate.Task);
        for (int i = 0; i < 10; i++) reporter.Report(Event(i) with { LatestJson = $"{i}" });
        gate.SetResult(true);
        reporter.Flush();

        _stored.SelectMany(r => r.Events).Select(e => e.DataJson).ShouldBe(Enumerable.Range(0, 10).Select(i => $"{i}"));
        _stored.Count.ShouldBe(1);
        _stored[0].LatestJson.ShouldBe("9");
    }

    [Fact]
    public async Task Other_work_keeps_its_place_between_reports()
    {
        await using var reporter = new RunReporter(_store, new InProcessDoorbell(), () => { });
        int before = -1;
        reporter.Report(Event(1));
        reporter.Do(() =>
        {
            before = _stored.Sum(r => r.Events.Count);
            return Task.FromResult(true);
        });
        reporter.Report(Event(2));
        reporter.Flush();

        before.ShouldBe(1);
        _stored.Sum(r => r.Events.Count).ShouldBe(2);
    }

    [Fact]
    public async Task A_fenced_report_loses_the_run()
    {
        bool lost = false;
        _fenced = true;
        await using var reporter = new RunReporter(_store, new InProcessDoorbell(), () => lost = true);
        reporter.Report(Event(1));
        reporter.Flush();

        lost.ShouldBeTrue();
    }

    [Fact]
    public async Task After_a_failure_nothing_later_is_stored_and_the_run_hears_of_it()
    {
        await using var reporter = new RunReporter(_store, new InProcessDoorbell(), () => { });
        bool abandoned = false;
        reporter.Do(() => throw new InvalidOperationException("broken"));
        reporter.Do(() => Task.FromResult(true), failed: () => abandoned = true);
        reporter.Report(Event(1));

        Should.Throw<RunReportingException>(reporter.Flush).InnerException!.Message.ShouldBe("broken");
        abandoned.ShouldBeTrue();
        _stored.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_store_that_is_away_for_a_moment_is_asked_again()
    {
        int calls = 0;
        await using var reporter = new RunReporter(_store, new InProcessDoorbell(), () => { });
        reporter.Do(() => ++calls < 3 ? throw new StorageUnavailableException(StorageFault.Unreachable, "busy") : Task.FromResult(true));
        reporter.Flush();

        calls.ShouldBe(3);
    }

    [Fact]
    public async Task Work_beside_waits_for_what_came_before_and_holds_nothing_later_back()
    {
        await using var reporter = new RunReporter(_store, new InProcessDoorbell(), () => { });
        var file = new TaskCompletionSource<bool>();
        var begun = new TaskCompletionSource<int>();
        reporter.Report(Event(1));
        reporter.DoBeside(() =>
        {
            begun.SetResult(_stored.Count);
            return file.Task;
        });
        (await begun.Task).ShouldBe(1);
        var stored = new TaskCompletionSource<bool>();
        reporter.Report(Event(2));
        reporter.Do(() =>
        {
            stored.SetResult(_stored.Count == 2);
            return Task.FromResult(true);
        });

        (await stored.Task).ShouldBeTrue();
        Task flush = Task.Run(reporter.Flush);
        flush.IsCompleted.ShouldBeFalse();
        file.SetResult(true);
        await flush;
    }

    private static RunReport Event(int i) => new("job_1", "run_1") { Events = [new NewJobEvent("log", $"{i}")] };
}

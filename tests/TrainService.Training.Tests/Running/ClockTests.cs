using TrainService.Jobs;
using TrainService.Training.Running;

namespace TrainService.Training.Tests.Running;

public class ClockTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Time_of_earlier_runs_counts()
    {
        var clock = new RunClock(TimeSpan.FromSeconds(5), _time);
        _time.Advance(2);
        clock.Restore(trained: 100, epoch: 10);
        _time.Advance(3);

        clock.TrainedSeconds.ShouldBe(103);
        clock.EndEpoch().ShouldBe(13);
        clock.EpochSeconds.ShouldBe(0);
        clock.TrainedSeconds.ShouldBe(103);
    }

    [Fact]
    public void A_resume_point_is_due_an_interval_after_the_last()
    {
        var clock = new RunClock(TimeSpan.FromSeconds(5), _time);
        clock.ResumePointIsDue.ShouldBeFalse();
        _time.Advance(5);
        clock.ResumePointIsDue.ShouldBeTrue();
        clock.ResumePointTaken();
        clock.ResumePointIsDue.ShouldBeFalse();
    }

    [Fact]
    public void Progress_is_told_about_once_a_second_with_the_speed_since_then()
    {
        var meter = new ProgressMeter(rowsPerEpoch: 100, _time);
        _time.Advance(0.5);
        meter.Count(10).ShouldBeFalse();
        _time.Advance(0.5);
        meter.Count(10).ShouldBeTrue();

        JobProgress progress = meter.At(epoch: 0, epochs: 4, step: 2, stepsPerEpoch: 10);

        (progress.Epoch, progress.Epochs, progress.Step, progress.StepsPerEpoch).ShouldBe((0, 4, 2L, 10L));
        progress.Fraction.ShouldBe(0.05);
        progress.SamplesPerSecond.ShouldBe(20);
        progress.EtaSeconds!.Value.ShouldBe(19, tolerance: 1e-9);
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _now;

        public void Advance(double seconds) => _now += (long)(seconds * 1000);
    }
}

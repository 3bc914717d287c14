using TrainService.Jobs;

namespace TrainService.Training.Running;

/// <summary>How far and how fast a run is. Speed is that of the last second or so; the time left assumes that the whole run goes on as so far.</summary>
/// <param name="rowsPerEpoch">Training rows.</param>
internal sealed class ProgressMeter(int rowsPerEpoch, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly long _begin = time.GetTimestamp();
    private long _last = time.GetTimestamp();
    private long _rowsSinceLast, _rowsInAll;
    private double _speed;

    /// <summary>Counts a step's rows.</summary>
    /// <returns>True about once a second: time to say something.</returns>
    public bool Count(int rows)
    {
        _rowsSinceLast += rows;
        _rowsInAll += rows;
        long now = time.GetTimestamp();
        TimeSpan since = time.GetElapsedTime(_last, now);
        if (since < Interval) return false;
        _speed = _rowsSinceLast / since.TotalSeconds;
        (_last, _rowsSinceLast) = (now, 0);
        return true;
    }

    /// <param name="epoch">Epochs finished.</param>
    /// <param name="epochs">All that are planned.</param>
    /// <param name="step">Steps done in the one going on.</param>
    public JobProgress At(int epoch, int epochs, int step, int stepsPerEpoch)
    {
        double epochsDone = epoch + ((double)step / stepsPerEpoch);
        double seconds = time.GetElapsedTime(_begin).TotalSeconds;
        double overall = seconds > 0 ? _rowsInAll / seconds : 0;
        double? left = overall > 0 ? (epochs - epochsDone) * rowsPerEpoch / overall : null;
        return new JobProgress(epoch, epochs, step, stepsPerEpoch, epochsDone / epochs, _speed > 0 ? _speed : overall, left, Times.Truncate(time.GetUtcNow()));
    }
}

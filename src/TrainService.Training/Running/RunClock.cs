namespace TrainService.Training.Running;

/// <summary>How long the job has trained, all its runs together, and when its state is to be saved next.</summary>
internal sealed class RunClock(TimeSpan resumeInterval, TimeProvider time)
{
    private readonly long _interval = (long)(resumeInterval.TotalSeconds * time.TimestampFrequency);
    private long _begin = time.GetTimestamp(), _epochBegin = time.GetTimestamp(), _due = time.GetTimestamp() + (long)(resumeInterval.TotalSeconds * time.TimestampFrequency);
    private double _trainedBefore, _epochBefore;

    public double TrainedSeconds => _trainedBefore + time.GetElapsedTime(_begin).TotalSeconds;

    /// <summary>Of the epoch going on.</summary>
    public double EpochSeconds => _epochBefore + time.GetElapsedTime(_epochBegin).TotalSeconds;

    public bool ResumePointIsDue => time.GetTimestamp() >= _due;

    public void ResumePointTaken() => _due = time.GetTimestamp() + _interval;

    /// <summary>Begins to count now, on top of what earlier runs took.</summary>
    public void Restore(double trained, double epoch)
    {
        (_trainedBefore, _epochBefore) = (trained, epoch);
        _begin = _epochBegin = time.GetTimestamp();
    }

    /// <returns>Seconds that the epoch took.</returns>
    public double EndEpoch()
    {
        double seconds = EpochSeconds;
        _epochBefore = 0;
        _epochBegin = time.GetTimestamp();
        return seconds;
    }
}

using System.Diagnostics;
using TrainService.Jobs;
using TrainService.Training.Checkpoints;

namespace TrainService.Training.Running;

/// <summary>One copy of the tensors that is either free to be filled or on its way to disk. So saving takes bounded memory however slow the disk is.</summary>
/// <param name="beside">Later reports need not wait for it.</param>
internal sealed class SaveSlot(RunReporter reporter, TensorSnapshot snapshot, bool beside)
{
    private readonly object _lock = new();
    private bool _busy;

    /// <summary>Copies the tensors now and has them saved in their turn.</summary>
    /// <param name="wait">Whether to wait for the one before to be on disk; otherwise nothing happens when it is not.</param>
    /// <param name="check">Looks at the copy, on the calling thread; what it throws is thrown here and nothing is saved.</param>
    /// <param name="save">Returns false when the run is fenced.</param>
    /// <returns>Whether it will be saved.</returns>
    public bool Save(bool wait, Action<TensorSnapshot> check, Func<TensorSnapshot, Task<bool>> save)
    {
        if (!Take(wait)) return false;
        try
        {
            snapshot.Take();
            check(snapshot);
        }
        catch
        {
            Release();
            throw;
        }
        if (beside) reporter.DoBeside(SaveAsync, failed: Release);
        else reporter.Do(SaveAsync, failed: Release);
        return true;

        async Task<bool> SaveAsync()
        {
            string what = beside ? "resume_point" : "checkpoint";
            long begin = Stopwatch.GetTimestamp();
            using Activity? span = Telemetry.Activities.StartActivity($"save {what}");
            bool ours = await save(snapshot).ConfigureAwait(false);
            if (ours) Telemetry.SaveDone(what, Stopwatch.GetElapsedTime(begin).TotalSeconds, snapshot.ByteCount);
            Release();
            return ours;
        }
    }

    private bool Take(bool wait)
    {
        lock (_lock)
        {
            if (_busy && !wait) return false;
            while (_busy) Monitor.Wait(_lock);
            return _busy = true;
        }
    }

    private void Release()
    {
        lock (_lock)
        {
            _busy = false;
            Monitor.Pulse(_lock);
        }
    }
}

using Microsoft.Extensions.Logging;
using TrainService.Jobs.Ports;

namespace TrainService.Queue;

/// <summary>
/// The queue port over a scheduler that knows neither strict order nor one run a job at a time: jobs wait here, and the scheduler is given only
/// as many as it may run, the best first. What waits is in memory; the jobs table is the truth, and the sweeper repeats it.
/// </summary>
public sealed class DispatchedQueue : IQueueEngine, IDisposable
{
    private readonly IJobExecutor _executor;
    private readonly IJobRunner _runner;
    private readonly QueueOptions _options;
    private readonly ILogger<DispatchedQueue> _log;
    private readonly TimeProvider _time;
    private readonly DelayedJobs _delayed;
    private readonly Lock _gate = new();
    private readonly WaitingLine _line = new();
    private readonly Dictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);
    private bool _started;

    public DispatchedQueue(IJobExecutor executor, IJobRunner runner, QueueOptions options, ILogger<DispatchedQueue> log, TimeProvider? time = null)
    {
        (_executor, _runner, _options, _log, _time) = (executor, runner, options, log, time ?? TimeProvider.System);
        _delayed = new(_time, PutInLine);
    }

    public Task StartAsync(CancellationToken ct)
    {
        _executor.Start();
        lock (_gate)
            _started = true;
        Pump();
        return Task.CompletedTask;
    }

    public Task EnqueueAsync(string jobId, int priority, DateTimeOffset? notBefore, CancellationToken ct)
    {
        // A process that runs no jobs has no line: those that do learn of the job from the table.
        if (!_options.RunsJobs)
            return Task.CompletedTask;
        if (notBefore is { } time && time > _time.GetUtcNow())
        {
            lock (_gate)
                _line.Remove(jobId);
            _delayed.Add(jobId, priority, time);
            return Task.CompletedTask;
        }
        _delayed.Remove(jobId);
        PutInLine(jobId, priority);
        return Task.CompletedTask;
    }

    public Task CancelAsync(string jobId, CancellationToken ct)
    {
        _delayed.Remove(jobId);
        CancellationTokenSource? running;
        lock (_gate)
        {
            _line.Remove(jobId);
            _running.TryGetValue(jobId, out running);
        }
        try
        {
            running?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
        return Task.CompletedTask;
    }

    public Task<string?> HealthAsync(CancellationToken ct)
    {
        lock (_gate)
            return Task.FromResult(_started || !_options.RunsJobs ? null : "The queue has not been started.");
    }

    /// <summary>What the scheduler calls. Rethrows the cancellation, so that an interrupted job is not taken for a finished one.</summary>
    /// <param name="shutdown">Cancelled when the scheduler goes down.</param>
    public async Task RunAsync(string jobId, CancellationToken shutdown)
    {
        CancellationTokenSource? own;
        lock (_gate)
            if (!_running.TryGetValue(jobId, out own))
                return;
        try
        {
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(own.Token, shutdown);
            either.Token.ThrowIfCancellationRequested();
            await _runner.RunAsync(jobId, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (own.IsCancellationRequested && !shutdown.IsCancellationRequested)
        {
            // A user's cancel: the job's row says so, and nothing is left to be done.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The runner's own failures end in the jobs table; this one did not get there. The sweeper finds the row.
            QueueLog.RunnerThrew(_log, jobId, e);
        }
        finally
        {
            lock (_gate)
            {
                _running.Remove(jobId);
                _started &= !shutdown.IsCancellationRequested;
            }
            own.Dispose();
            Pump();
        }
    }

    public void Dispose() => _delayed.Dispose();

    private void PutInLine(string jobId, int priority)
    {
        lock (_gate)
            _line.Put(jobId, priority);
        Pump();
    }

    private void Pump()
    {
        while (true)
        {
            string? next = null;
            lock (_gate)
            {
                if (_started && _running.Count < _options.MaxConcurrency)
                    next = _line.Take(id => !_running.ContainsKey(id));
                if (next is null)
                    return;
                _running[next] = new();
            }
            try
            {
                _executor.Dispatch(next);
            }
            catch (Exception e)
            {
                // The sweeper puts it into line again.
                QueueLog.CouldNotRelease(_log, next, e);
                lock (_gate)
                    _running.Remove(next);
                return;
            }
        }
    }
}

using TrainService.Jobs;
using TrainService.Jobs.Ports;

namespace TrainService.Training.Running;

/// <summary>
/// Looks at the job whenever its bell rings and turns what it sees into one flag, so that the training thread reads one field between steps.
/// </summary>
internal sealed class RunWatch : IAsyncDisposable
{
    /// <summary>A ring that got lost, or another process that can't ring here, is noticed after so long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IJobStore _store;
    private readonly IDoorbell _doorbell;
    private readonly string _jobId, _runToken;
    private readonly CancellationToken _shutdown;
    private readonly CancellationTokenSource _done = new();
    private readonly Task _watching;
    private volatile Interrupt _current;

    public RunWatch(IJobStore store, IDoorbell doorbell, string jobId, string runToken, CancellationToken shutdown)
    {
        (_store, _doorbell, _jobId, _runToken, _shutdown) = (store, doorbell, jobId, runToken, shutdown);
        _watching = Task.Run(WatchAsync, CancellationToken.None);
    }

    /// <summary>What to do now. Cheap.</summary>
    public Interrupt Current => _current;

    /// <summary>Somebody else has found out that the run has lost its job.</summary>
    public void Lose() => _current = Interrupt.Lost;

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        _done.Dispose();
    }

    private async Task WatchAsync()
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_done.Token, _shutdown);
        while (!_done.IsCancellationRequested && _current != Interrupt.Lost)
        {
            long ticket = _doorbell.Ticket(_jobId);
            try
            {
                JobRecord? job = await _store.FindAsync(_jobId, CancellationToken.None).ConfigureAwait(false);
                Interrupt seen = Judge(job);
                if (_current != Interrupt.Lost) _current = seen;
            }
            catch (StorageUnavailableException)
            {
                // The reporter meets the same fault and decides; here the last wish stands until the store answers again.
            }
            try
            {
                // Shut down and seen: only the end of the run is left to wait for.
                await (_shutdown.IsCancellationRequested && _current != Interrupt.None
                    ? Task.Delay(Patience, _done.Token)
                    : _doorbell.WaitAsync(_jobId, ticket, Patience, either.Token)).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Once more round: to end, or to see whether the cancellation is a user's or the process's.
            }
        }
    }

    private Interrupt Judge(JobRecord? job) => job?.Status switch
    {
        null => Interrupt.Lost,
        _ when job.RunToken != _runToken => Interrupt.Lost,
        JobStatus.Stopping => Interrupt.Stop,
        JobStatus.Pausing => Interrupt.Pause,
        JobStatus.Running => _shutdown.IsCancellationRequested ? Interrupt.Shutdown : Interrupt.None,
        _ => Interrupt.Lost,
    };
}

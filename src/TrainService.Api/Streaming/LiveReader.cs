using System.IO.Pipelines;
using TrainService.Jobs;

namespace TrainService.Api.Streaming;

/// <summary>
/// One client that has seen all there is and gets what comes from a <see cref="Broadcast"/>. Who can't take a page at once is let go: it waits on its own,
/// reads what it missed from the log, and joins again. So nothing is kept for the slow, and nobody waits for them.
/// </summary>
/// <param name="body">Used by nobody else until <see cref="Left"/> has ended and <see cref="Close"/> was called.</param>
/// <param name="seen">Number of the last event that it has.</param>
/// <param name="gone">Cancelled when nobody reads any more.</param>
internal sealed class LiveReader(PipeWriter body, long seen, CancellationToken gone)
{
    /// <summary>More at a time is for who catches up, in pieces: a thousand copies of a long page would fill the memory.</summary>
    public const int LargestWrite = 32 << 10;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _pending = Task.CompletedTask;
    private bool _closed;

    public long Seen { get; private set; } = seen;

    /// <summary>The job has said its last word to it.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Ends when the broadcast gives it nothing more: the job is over, or it has to catch up by itself.</summary>
    public Task Left => _left.Task;

    /// <summary>Hands it what it has not seen of a page.</summary>
    public void Take(IReadOnlyList<JobEvent> page)
    {
        lock (_gate)
        {
            long last = page[^1].Seq;
            if (_closed || last <= Seen)
                return;
            ReadOnlyMemory<byte> bytes = EventFrames.Of(page, Seen);
            if (bytes.Length > LargestWrite)
            {
                LetGo(Task.CompletedTask);
                return;
            }

            Seen = last;
            Write(bytes);
        }
    }

    public void TakeAlive()
    {
        lock (_gate)
            if (!_closed)
                Write(EventFrames.Alive);
    }

    public void End(Exception? failure)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            (_closed, IsOver) = (true, failure is null);
        }

        if (failure is null)
            _left.TrySetResult();
        else
            _left.TrySetException(failure);
    }

    /// <summary>From here on nobody else writes.</summary>
    /// <returns>The write that did not go through at once, if there was one.</returns>
    public Task Close()
    {
        lock (_gate)
        {
            _closed = true;
            return _pending;
        }
    }

    private void Write(ReadOnlyMemory<byte> bytes)
    {
        ValueTask<FlushResult> written = body.WriteAsync(bytes, gone);
        if (written.IsCompletedSuccessfully)
        {
            _ = written.Result;
            return;
        }

        LetGo(written.AsTask());
    }

    private void LetGo(Task pending)
    {
        (_pending, _closed) = (pending, true);
        _left.TrySetResult();
    }
}

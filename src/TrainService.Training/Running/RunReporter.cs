using System.Threading.Channels;
using TrainService.Jobs;
using TrainService.Jobs.Ports;

namespace TrainService.Training.Running;

/// <summary>
/// Brings what a run says to the store, in order, beside the training thread, which never waits for the disk: only when the disk stays behind
/// by a whole queue. What is said in order is stored in order, so a resume point on disk implies every event before it.
/// </summary>
internal sealed class RunReporter : IAsyncDisposable
{
    private const int QueueLength = 64;

    /// <summary>Waits between tries when the store does not answer: a busy disk gets a few seconds.</summary>
    private static readonly TimeSpan[] Pauses = [.. new[] { 0.1, 0.2, 0.5, 1, 2 }.Select(TimeSpan.FromSeconds)];

    private readonly IJobStore _store;
    private readonly IDoorbell _doorbell;
    private readonly Action _onFenced;
    private readonly Channel<Item> _queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly Task _working;
    private Task _beside = Task.CompletedTask;
    private volatile Exception? _failure;

    /// <param name="onFenced">Called when the store says that the job is not this run's any more.</param>
    public RunReporter(IJobStore store, IDoorbell doorbell, Action onFenced)
    {
        (_store, _doorbell, _onFenced) = (store, doorbell, onFenced);
        _working = Task.Run(WorkAsync);
    }

    /// <summary>Why nothing more is stored; null while all is well.</summary>
    public Exception? Failure => _failure;

    /// <summary>Events, progress, metrics. Those that wait together are stored in one transaction.</summary>
    public void Report(RunReport report) => Post(new Item(report, null));

    /// <summary>Other work that must keep its place in the order.</summary>
    /// <param name="work">Returns false when the run is fenced.</param>
    /// <param name="failed">Called when it, or something before it, could not be stored.</param>
    public void Do(Func<Task<bool>> work, Action? failed = null) => Post(new Item(null, work) { Failed = failed });

    /// <summary>
    /// Work that begins when everything said before is stored, but that later reports need not wait for: a large file must not hold an epoch's
    /// event back. One at a time.
    /// </summary>
    /// <inheritdoc cref="Do"/>
    public void DoBeside(Func<Task<bool>> work, Action? failed = null) => Post(new Item(null, work) { Failed = failed, Beside = true });

    /// <summary>Returns when everything said so far is on disk. Throws what went wrong.</summary>
    public void Flush()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(new Item(null, async () =>
        {
            await _beside.ConfigureAwait(false);
            done.SetResult();
            return true;
        })
        { Always = true });
        done.Task.GetAwaiter().GetResult();
        if (_failure is { } failure) throw new RunReportingException(failure);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.Complete();
        await _working.ConfigureAwait(false);
        await _beside.ConfigureAwait(false);
    }

    private void Post(Item item)
    {
        if (!_queue.Writer.TryWrite(item)) _queue.Writer.WriteAsync(item).AsTask().GetAwaiter().GetResult();
    }

    private async Task WorkAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_queue.Reader.TryRead(out Item? item))
            {
                // After a failure nothing later may be stored: it would claim what came before.
                if (_failure is not null && !item.Always)
                {
                    item.Failed?.Invoke();
                    continue;
                }
                if (item.Beside)
                {
                    await _beside.ConfigureAwait(false);
                    _beside = Task.Run(() => TryAsync(item));
                    continue;
                }
                await TryAsync(item.Report is null ? item : item with { Report = Merge(item.Report) }).ConfigureAwait(false);
            }
        }
    }

    private async Task TryAsync(Item item)
    {
        try
        {
            if (!await StoreAsync(item).ConfigureAwait(false)) _onFenced();
        }
        catch (Exception e)
        {
            _failure = e;
            item.Failed?.Invoke();
        }
    }

    private async Task<bool> StoreAsync(Item item)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                if (item.Work is not null) return await item.Work().ConfigureAwait(false);
                bool ours = await _store.ReportAsync(item.Report!, CancellationToken.None).ConfigureAwait(false);
                _doorbell.Ring(item.Report!.JobId);
                return ours;
            }
            catch (StorageUnavailableException) when (attempt < Pauses.Length)
            {
                await Task.Delay(Pauses[attempt]).ConfigureAwait(false);
            }
        }
    }

    private RunReport Merge(RunReport first)
    {
        if (!_queue.Reader.TryPeek(out Item? next) || next.Report is null) return first;
        List<NewJobEvent> events = [.. first.Events];
        RunReport merged = first;
        while (_queue.Reader.TryPeek(out next) && next.Report is { } report && _queue.Reader.TryRead(out _))
        {
            events.AddRange(report.Events);
            merged = merged with
            {
                Progress = report.Progress ?? merged.Progress,
                Phase = report.Phase ?? merged.Phase,
                LatestJson = report.LatestJson ?? merged.LatestJson,
                BestJson = report.BestJson ?? merged.BestJson,
                ResolvedJson = report.ResolvedJson ?? merged.ResolvedJson,
                SummaryJson = report.SummaryJson ?? merged.SummaryJson,
            };
        }
        return merged with { Events = events };
    }

    private sealed record Item(RunReport? Report, Func<Task<bool>>? Work)
    {
        /// <summary>Done even after a failure.</summary>
        public bool Always { get; init; }

        public Action? Failed { get; init; }

        public bool Beside { get; init; }
    }
}

/// <summary>What a run said could not be stored.</summary>
internal sealed class RunReportingException(Exception cause) : Exception($"What the run had to say could not be stored: {cause.Message}", cause);

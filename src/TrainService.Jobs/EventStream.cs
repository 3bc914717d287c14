using System.Runtime.CompilerServices;
using System.Text.Json;
using TrainService.Jobs.Ports;

namespace TrainService.Jobs;

/// <summary>
/// Follows a job's log: what was missed first, then what comes, to the end. Every event once, in order. It holds one page; a slow
/// reader keeps nothing in memory, since the log on disk is the buffer.
/// </summary>
public sealed class EventStream(IJobStore store, IDoorbell doorbell, TimeProvider? time = null)
{
    private const int PageSize = 256;

    /// <summary>Only a ring that got lost (a process that died between commit and ring) waits this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly SharedReads _reads = new(store, PageSize, time ?? TimeProvider.System);

    /// <summary>Events numbered above <paramref name="afterSeq"/>. Ends after the last event of a terminal job, or when there is no such job.</summary>
    public async IAsyncEnumerable<JobEvent> FollowAsync(string jobId, long afterSeq, [EnumeratorCancellation] CancellationToken ct)
    {
        _reads.Enter(jobId);
        try
        {
            await foreach (IReadOnlyList<JobEvent> page in PagesAsync(jobId, afterSeq, Patience, static () => TimeSpan.Zero, ct).ConfigureAwait(false))
                foreach (JobEvent e in page)
                    yield return e;
        }
        finally
        {
            _reads.Leave(jobId);
        }
    }

    /// <summary>The same, as many at a time as there are: for one who passes them on to many.</summary>
    /// <param name="quiet">After so long without an event comes an empty page.</param>
    /// <param name="apart">Asked before each wait: the least time from one page to the next, while the log has no more than a page to tell.</param>
    public async IAsyncEnumerable<IReadOnlyList<JobEvent>> PagesAsync(string jobId, long afterSeq, TimeSpan quiet, Func<TimeSpan> apart, [EnumeratorCancellation] CancellationToken ct)
    {
        long seen = afterSeq, last = _time.GetTimestamp();
        while (true)
        {
            // Before reading: what is written after the read rings after the ticket.
            long ticket = doorbell.Ticket(jobId);
            LogPage page = await ReadAsync(jobId, seen, ticket, ct).ConfigureAwait(false);
            if (page.Events.Count > 0)
                seen = page.Events[^1].Seq;
            if (page.Events.Count > 0 || (!page.IsLast && _time.GetElapsedTime(last) >= quiet))
            {
                last = _time.GetTimestamp();
                yield return page.Events;
            }

            if (page.IsLast)
                yield break;
            if (page.HasMore)
                continue;
            TimeSpan left = quiet - _time.GetElapsedTime(last);
            await doorbell.WaitAsync(jobId, ticket, left < TimeSpan.Zero ? TimeSpan.Zero : left < Patience ? left : Patience, ct).ConfigureAwait(false);
            if (apart() - _time.GetElapsedTime(last) is { Ticks: > 0 } soon)
                await Task.Delay(soon, _time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>What the log has now, behind an event: one page, which others who ask the same may share.</summary>
    public Task<LogPage> ReadAsync(string jobId, long afterSeq, CancellationToken ct) => ReadAsync(jobId, afterSeq, doorbell.Ticket(jobId), ct);

    private async Task<LogPage> ReadAsync(string jobId, long after, long ticket, CancellationToken ct)
    {
        IReadOnlyList<JobEvent> events = await _reads.ReadAsync(jobId, after, ticket).WaitAsync(ct).ConfigureAwait(false);
        bool last = events.Count > 0 ? EndsJob(events[^1]) : await IsOverAsync(jobId, after, ct).ConfigureAwait(false);
        return new LogPage(events, HasMore: events.Count == PageSize && !last, last);
    }

    /// <summary>Needed only by who comes after the end, and when a job is deleted under a reader: everybody else sees the last event itself.</summary>
    private async Task<bool> IsOverAsync(string jobId, long seen, CancellationToken ct)
        => await store.FindAsync(jobId, ct).ConfigureAwait(false) is not { } job || (job.Terminal && job.LastSeq <= seen);

    /// <summary>Nothing follows the event that makes a job terminal.</summary>
    private static bool EndsJob(JobEvent e)
    {
        if (e.Type != JobEvent.Status)
            return false;
        using JsonDocument data = JsonDocument.Parse(e.DataJson);
        return JobWords.TryParseStatus(data.RootElement.GetProperty("status").GetString() ?? "", out JobStatus status) && JobMoves.IsTerminal(status);
    }
}

/// <summary>A part of a job's log.</summary>
/// <param name="Events">In order; who asks for the same part at the same time gets the same object.</param>
/// <param name="HasMore">It was cut off: there may be more already.</param>
/// <param name="IsLast">Nothing will follow.</param>
public sealed record LogPage(IReadOnlyList<JobEvent> Events, bool HasMore, bool IsLast);

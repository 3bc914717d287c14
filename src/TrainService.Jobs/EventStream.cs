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

    private readonly SharedReads _reads = new(store, PageSize, time ?? TimeProvider.System);

    /// <summary>Events numbered above <paramref name="afterSeq"/>. Ends after the last event of a terminal job, or when there is no such job.</summary>
    public async IAsyncEnumerable<JobEvent> FollowAsync(string jobId, long afterSeq, [EnumeratorCancellation] CancellationToken ct)
    {
        long seen = afterSeq;
        _reads.Enter(jobId);
        try
        {
            while (true)
            {
                // Before reading: what is written after the read rings after the ticket.
                long ticket = doorbell.Ticket(jobId);
                IReadOnlyList<JobEvent> page = await _reads.ReadAsync(jobId, seen, ticket).WaitAsync(ct).ConfigureAwait(false);
                foreach (JobEvent e in page)
                {
                    seen = e.Seq;
                    yield return e;
                    if (IsLast(e))
                        yield break;
                }
                if (page.Count == PageSize)
                    continue;
                if (page.Count == 0 && await IsOverAsync(jobId, seen, ct).ConfigureAwait(false))
                    yield break;
                await doorbell.WaitAsync(jobId, ticket, Patience, ct).ConfigureAwait(false);
            }
        }
        finally
        {
            _reads.Leave(jobId);
        }
    }

    /// <summary>Needed only by who comes after the end, and when a job is deleted under a reader: everybody else sees the last event itself.</summary>
    private async Task<bool> IsOverAsync(string jobId, long seen, CancellationToken ct)
        => await store.FindAsync(jobId, ct).ConfigureAwait(false) is not { } job || (job.Terminal && job.LastSeq <= seen);

    /// <summary>Nothing follows the event that makes a job terminal.</summary>
    private static bool IsLast(JobEvent e)
    {
        if (e.Type != JobEvent.Status)
            return false;
        using JsonDocument data = JsonDocument.Parse(e.DataJson);
        return JobWords.TryParseStatus(data.RootElement.GetProperty("status").GetString() ?? "", out JobStatus status) && JobMoves.IsTerminal(status);
    }
}

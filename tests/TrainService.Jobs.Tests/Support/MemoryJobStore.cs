using TrainService.Jobs.Ports;

namespace TrainService.Jobs.Tests.Support;

/// <summary>The jobs table in memory, one lock for all. The real ones are tested in the storage project.</summary>
internal sealed class MemoryJobStore(TimeProvider? time = null) : IJobStore
{
    private readonly HashSet<string> _leased = [];
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JobRecord> _jobs = [];
    private readonly Dictionary<string, List<JobEvent>> _events = [];
    private readonly Dictionary<(string, string), (string BodyHash, string JobId)> _keys = [];

    /// <summary>Run tokens whose lease holds.</summary>
    public HashSet<string> Leased => _leased;

    /// <summary>Thrown by everything that writes, while it is set.</summary>
    public Exception? Fault { get; set; }

    public int Reads { get; private set; }

    public Task<SubmitOutcome> SubmitAsync(IReadOnlyList<JobRecord> jobs, IdempotencyKey? key, CancellationToken ct, int? mostUnfinished = null) => Write(() =>
    {
        JobRecord job = jobs[0];
        if (key is not null && FindKey(key) is { } before)
            return before;
        if (mostUnfinished is { } most && job.Owner is not null && _jobs.Values.Count(j => j.Owner == job.Owner && !j.Terminal) >= most)
            return new(SubmitResult.OverQuota, null);
        if (key is not null)
            _keys[(key.Owner, key.Key)] = (key.BodyHash, job.Id);
        foreach (JobRecord each in jobs)
        {
            _events[each.Id] = [];
            Put(each with { LastSeq = Append(each.Id, [JobTransition.QueuedEvent(each)]) });
        }
        return new(SubmitResult.Created, _jobs[job.Id]) { Jobs = [.. jobs.Select(j => _jobs[j.Id])] };
    });

    public Task<SubmitOutcome?> FindByKeyAsync(IdempotencyKey key, CancellationToken ct) => Read(() => FindKey(key));

    public Task<JobRecord?> FindAsync(string id, CancellationToken ct) => Read(() => _jobs.GetValueOrDefault(id));

    public Task<JobPage> ListAsync(JobFilter filter, CancellationToken ct)
        => Read(() => new JobPage([.. _jobs.Values.OrderByDescending(j => j.Id, StringComparer.Ordinal)], null));

    public Task<int> QueuePositionAsync(JobRecord job, CancellationToken ct) => Read(() => 0);

    public Task<MoveOutcome> MoveAsync(JobMove move, CancellationToken ct) => Write(() =>
    {
        if (!_jobs.TryGetValue(move.JobId, out JobRecord? job))
            return new MoveOutcome(MoveResult.NotFound, null, []);
        JobTransition transition = JobTransition.Apply(job, move, (time ?? TimeProvider.System).Now());
        if (transition.Result != MoveResult.Moved)
            return new(transition.Result, job, JobMoves.Legal(job.Status));
        JobRecord moved = Put(transition.Job with { LastSeq = Append(job.Id, [.. move.Events, transition.StatusEvent!]) });
        return new(MoveResult.Moved, moved, JobMoves.Legal(moved.Status));
    });

    public Task<bool> ReportAsync(RunReport report, CancellationToken ct) => Write(() =>
    {
        if (!_jobs.TryGetValue(report.JobId, out JobRecord? job) || job.RunToken != report.RunToken)
            return false;
        Put(job with { LastSeq = Append(job.Id, report.Events), Progress = report.Progress ?? job.Progress });
        return true;
    });

    public Task<JobRecord?> EditAsync(string id, JobEdit edit, CancellationToken ct) => Write(() => !_jobs.TryGetValue(id, out JobRecord? job)
        ? null
        : Put(job with { Name = edit.Name ?? job.Name, Labels = edit.Labels ?? job.Labels, Priority = edit.Priority ?? job.Priority }));

    public Task<bool> DeleteAsync(string id, CancellationToken ct) => Write(() => _jobs.TryGetValue(id, out JobRecord? job) && job.Terminal && _jobs.Remove(id) && _events.Remove(id));

    public Task<IReadOnlyList<JobRecord>> TrialsAsync(string sweepId, CancellationToken ct) => Read<IReadOnlyList<JobRecord>>(() =>
        [.. _jobs.Values.Where(j => j.SweepId == sweepId).OrderBy(j => j.Trial)]);

    public Task<IReadOnlyList<UnfinishedJob>> UnfinishedAsync(CancellationToken ct) => Read<IReadOnlyList<UnfinishedJob>>(() =>
        [.. _jobs.Values.Where(j => !j.Terminal).OrderBy(j => j.Id, StringComparer.Ordinal)
            .Select(j => new UnfinishedJob(j.Id, j.Status, j.Priority, j.RunToken, j.Losses, j.NotBefore, _leased.Contains(j.RunToken ?? ""), j.WaitsFor is not null, j.Kind))]);

    public Task<IReadOnlyCollection<string>> RenewLeasesAsync(IReadOnlyCollection<string> runTokens, TimeSpan lease, CancellationToken ct)
        => Read<IReadOnlyCollection<string>>(() => [.. runTokens.Where(t => _jobs.Values.Any(j => j.RunToken == t))]);

    public Task<IReadOnlyList<string>> FinishedBeforeAsync(DateTimeOffset time, int limit, CancellationToken ct)
        => Read<IReadOnlyList<string>>(() => [.. _jobs.Values.Where(j => j.FinishedAt < time).Select(j => j.Id).Take(limit)]);

    public Task<IReadOnlyList<JobEvent>> EventsAsync(string jobId, long after, int limit, CancellationToken ct) => Read<IReadOnlyList<JobEvent>>(() =>
        [.. _events.GetValueOrDefault(jobId, []).Where(e => e.Seq > after).Take(limit)]);

    public Task<IReadOnlyList<JobEvent>> EventsOfTypeAsync(string jobId, string type, CancellationToken ct) => Read<IReadOnlyList<JobEvent>>(() =>
        [.. _events.GetValueOrDefault(jobId, []).Where(e => e.Type == type)]);

    public async Task<IReadOnlyList<JobEvent>> EventSampleAsync(string jobId, string type, int most, CancellationToken ct)
    {
        IReadOnlyList<JobEvent> all = await EventsOfTypeAsync(jobId, type, ct);
        return all.Count <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[i * (all.Count - 1) / (most - 1)])];
    }

    private SubmitOutcome? FindKey(IdempotencyKey key) => !_keys.TryGetValue((key.Owner, key.Key), out (string BodyHash, string JobId) known) ? null
        : known.BodyHash == key.BodyHash ? new(SubmitResult.Repeated, _jobs[known.JobId]) : new(SubmitResult.KeyReused, null);

    private JobRecord Put(JobRecord job) => _jobs[job.Id] = job with { Version = job.Version + 1 };

    private long Append(string id, IEnumerable<NewJobEvent> events)
    {
        List<JobEvent> log = _events[id];
        foreach (NewJobEvent e in events)
            log.Add(new(log.Count + 1, (time ?? TimeProvider.System).Now(), e.Type, e.DataJson));
        return log.Count;
    }

    private Task<T> Read<T>(Func<T> work)
    {
        lock (_gate)
        {
            Reads++;
            return Task.FromResult(work());
        }
    }

    private Task<T> Write<T>(Func<T> work)
    {
        lock (_gate)
            return Fault is null ? Task.FromResult(work()) : Task.FromException<T>(Fault);
    }
}

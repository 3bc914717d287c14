using TrainService.Api.Http;
using TrainService.Contracts.Jobs;
using TrainService.Jobs;

namespace TrainService.Api.Endpoints;

/// <summary>From the store's record to what goes over the wire.</summary>
internal static class JobMapping
{
    /// <param name="queuePosition">Null when it isn't queued.</param>
    public static JobResource ToResource(this JobRecord job, int? queuePosition) => new(job.ToSummary())
    {
        Queue = queuePosition is { } position ? new(position) : null,
        Spec = RawJson.Element(job.SpecJson),
        Resolved = RawJson.Element(job.ResolvedJson),
        Summary = RawJson.Element(job.SummaryJson),
        Warnings = RawJson.Element(job.WarningsJson),
    };

    public static JobSummary ToSummary(this JobRecord job) => new()
    {
        Id = job.Id,
        Name = job.Name,
        Kind = job.Kind,
        Status = job.Status.Word(),
        Terminal = job.Terminal,
        Phase = job.Phase,
        Labels = job.Labels,
        Priority = job.Priority,
        CreatedAt = job.CreatedAt,
        QueuedAt = job.QueuedAt,
        StartedAt = job.StartedAt,
        FinishedAt = job.FinishedAt,
        Attempt = job.Attempt,
        Progress = job.Progress.ToResource(),
        Latest = RawJson.Optional(job.LatestJson),
        Best = RawJson.Optional(job.BestJson),
        Reason = job.Reason,
        Error = job.Error is { } e ? new(e.Class, e.Detail) : null,
        Version = job.Version,
        Parent = job.ParentJob,
        WaitingFor = job.WaitsFor,
        FromCheckpoint = job.FromCheckpoint,
        Chain = job.ChainId,
        Sweep = job.SweepId,
        Trial = job.Trial,
        ForkedFrom = job.ForkedFrom,
        Links = LinksOf(job.Id),
    };

    private static JobProgressResource? ToResource(this JobProgress? p)
        => p is null ? null : new(p.Epoch, p.Epochs, p.Step, p.StepsPerEpoch, p.Fraction, p.SamplesPerSecond, p.EtaSeconds, p.UpdatedAt);

    private static JobLinks LinksOf(string id)
        => new($"/jobs/{id}", $"/jobs/{id}/events", $"/jobs/{id}/metrics", $"/jobs/{id}/checkpoints");
}

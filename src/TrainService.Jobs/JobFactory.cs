using System.Text.Json;
using TrainService.Jobs.Ports;

namespace TrainService.Jobs;

/// <summary>Makes the record of a job out of a spec that compiled.</summary>
public static class JobFactory
{
    private static readonly JsonSerializerOptions Wire = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <exception cref="ArgumentException">The spec did not compile.</exception>
    /// <param name="parent">The job that must succeed first; the store lets it go when that one has succeeded already.</param>
    public static JobRecord Create(JsonElement spec, CompiledSpec compiled, DateTimeOffset now, Submitter? submitter = null, string? forkedFrom = null, string? parent = null)
    {
        JobEnvelope envelope = compiled.Envelope ?? throw new ArgumentException("A spec with errors makes no job.", nameof(compiled));
        now = Times.Truncate(now);
        return new()
        {
            Id = Ids.New("job"),
            Name = envelope.Name,
            Kind = envelope.Kind,
            Labels = envelope.Labels,
            Priority = envelope.Priority,
            MaxAttempts = envelope.MaxAttempts,
            Status = JobStatus.Queued,
            SpecJson = spec.GetRawText(),
            ResolvedJson = compiled.ResolvedJson,
            SummaryJson = compiled.SummaryJson,
            WarningsJson = JsonSerializer.Serialize(compiled.Warnings, Wire),
            CreatedAt = now,
            QueuedAt = now,
            FromCheckpoint = envelope.FromCheckpoint,
            ParentJob = parent,
            WaitsFor = parent,
            Reason = parent is null ? null : JobFamily.WhyItWaits(parent),
            Owner = submitter?.Owner,
            TraceParent = submitter?.TraceParent,
            ForkedFrom = forkedFrom,
        };
    }
}

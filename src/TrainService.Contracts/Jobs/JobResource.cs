using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace TrainService.Contracts.Jobs;

/// <summary>A job in full.</summary>
public sealed record JobResource : JobSummary
{
    public JobResource()
    {
    }

    /// <summary>Takes over what a list says of it.</summary>
    [SetsRequiredMembers]
    public JobResource(JobSummary summary)
        : base(summary)
    {
    }

    /// <summary>Its place in the queue; null when it isn't queued.</summary>
    public JobQueueResource? Queue { get; init; }

    /// <summary>The body as it was sent.</summary>
    public required JsonElement Spec { get; init; }

    /// <summary>The body with every default and every "auto" filled in.</summary>
    public required JsonElement Resolved { get; init; }

    /// <summary>Layers with output shapes, parameters and FLOPs, totals, memory, estimated time.</summary>
    public required JsonElement Summary { get; init; }

    /// <summary>Advice found while checking the spec: legal, but against what is known to work.</summary>
    public required JsonElement Warnings { get; init; }
}

/// <param name="Position">How many queued jobs will start before this one.</param>
public sealed record JobQueueResource(int Position);

/// <summary>How far a run is.</summary>
/// <param name="Epoch">Epochs finished.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Step">Updates done in this epoch.</param>
/// <param name="StepsPerEpoch">Updates in an epoch.</param>
/// <param name="Fraction">0 to 1, of the whole run.</param>
/// <param name="SamplesPerSecond">Training samples a second, lately.</param>
/// <param name="EtaSeconds">Estimated seconds to the end.</param>
public sealed record JobProgressResource(int Epoch, int Epochs, long Step, long StepsPerEpoch, double Fraction,
    double SamplesPerSecond, double? EtaSeconds, DateTimeOffset UpdatedAt);

/// <param name="Class">Who has to act: <c>user</c> (the job), <c>resource</c> (memory, disk), <c>infrastructure</c> (will be retried) or <c>bug</c>.</param>
/// <param name="Detail">What happened, in a sentence.</param>
public sealed record JobErrorResource(string Class, string Detail);

/// <summary>Addresses relative to the server.</summary>
public sealed record JobLinks(string Self, string Events, string Metrics, string Checkpoints);

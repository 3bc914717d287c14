namespace TrainService.Jobs;

/// <summary>A job as the store has it: the truth about it. JSON members are kept as text, written once by whoever owns them.</summary>
public sealed record JobRecord
{
    public required string Id { get; init; }
    public string? Name { get; init; }
    public required string Kind { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public int Priority { get; init; }
    public required JobStatus Status { get; init; }

    /// <summary>Why it has this status, in a sentence, when there is more to say than the status does.</summary>
    public string? Reason { get; init; }

    /// <summary>For a failed job: class (user, resource, infrastructure, bug) and detail.</summary>
    public JobError? Error { get; init; }

    /// <summary>The body as it was sent.</summary>
    public required string SpecJson { get; init; }

    /// <summary>The body with every default and every "auto" filled in.</summary>
    public required string ResolvedJson { get; init; }

    /// <summary>Layers, shapes, parameters, memory, estimated time.</summary>
    public required string SummaryJson { get; init; }

    public required string WarningsJson { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset QueuedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How many runs have been started.</summary>
    public int Attempt { get; init; }

    /// <summary>How many runs in a row failed and were retried since state was last saved; at <see cref="MaxAttempts"/> it is given up.</summary>
    public int Failures { get; init; }

    /// <summary>How many runs in a row ended with their process since state was last saved: not the job's fault, until it happens too often.</summary>
    public int Losses { get; init; }

    public int MaxAttempts { get; init; } = 1;

    /// <summary>A retry waits until then.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Fences writes: set anew at each start; a write that carries another token is refused.</summary>
    public string? RunToken { get; init; }

    /// <summary>Counts every change; the ETag.</summary>
    public long Version { get; init; }

    /// <summary>The number of the last event in its log; 0 when there is none.</summary>
    public long LastSeq { get; init; }

    /// <summary>Which phase of its <c>phases</c> it is in, from 0; null before it runs.</summary>
    public int? Phase { get; init; }

    public JobProgress? Progress { get; init; }

    /// <summary>Newest value of each metric, as a JSON object.</summary>
    public string? LatestJson { get; init; }

    /// <summary>Best checkpoint so far and its metrics, as a JSON object.</summary>
    public string? BestJson { get; init; }

    /// <summary>The checkpoint that it starts from.</summary>
    public string? FromCheckpoint { get; init; }

    /// <summary>The job that had to succeed before this one could start.</summary>
    public string? ParentJob { get; init; }

    /// <summary>Its parent, until that one has succeeded: the job is queued, and not started.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>The first job of the chain that it was sent with.</summary>
    public string? ChainId { get; init; }

    /// <summary>The sweep whose trial it is.</summary>
    public string? SweepId { get; init; }

    /// <summary>Which trial of its sweep, from 1.</summary>
    public int? Trial { get; init; }

    /// <summary>Epochs after which its run saves its state and rests, until its sweep says more; null to go through.</summary>
    public int? RestAfter { get; init; }

    /// <summary>The API key that sent it; null without keys.</summary>
    public string? Owner { get; init; }

    /// <summary>W3C traceparent of the request that sent it: its runs continue that trace.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The job that it was forked from.</summary>
    public string? ForkedFrom { get; init; }

    public bool Terminal => JobMoves.IsTerminal(Status);
}

/// <param name="Class">One of <see cref="ErrorClass"/>.</param>
public sealed record JobError(string Class, string Detail);

/// <summary>Who has to do something about a failure, and whether trying again can help.</summary>
public static class ErrorClass
{
    /// <summary>The job asks for something that can't be done: not retried.</summary>
    public const string User = "user";

    /// <summary>Memory, disk or time ran out: retried.</summary>
    public const string Resource = "resource";

    /// <summary>The machine, its disk or its database: retried.</summary>
    public const string Infrastructure = "infrastructure";

    /// <summary>Ours: not retried.</summary>
    public const string Bug = "bug";
}

/// <summary>How far a run is.</summary>
public sealed record JobProgress(int Epoch, int Epochs, long Step, long StepsPerEpoch, double Fraction,
    double SamplesPerSecond, double? EtaSeconds, DateTimeOffset UpdatedAt);

using System.Text.Json;
using System.Text.Json.Serialization;

namespace TrainService.Contracts.Jobs;

/// <summary>What a list of jobs says of each.</summary>
public record JobSummary
{
    /// <summary>Opaque, prefixed <c>job_</c>, sortable by time.</summary>
    [JsonPropertyOrder(-100)]
    public required string Id { get; init; }

    /// <summary>The name that its spec gave, if any. Need not be unique.</summary>
    [JsonPropertyOrder(-99)]
    public string? Name { get; init; }

    /// <summary>What sort of work it is: <c>train</c>.</summary>
    [JsonPropertyOrder(-98)]
    public required string Kind { get; init; }

    /// <summary><c>queued</c>, <c>running</c>, <c>pausing</c>, <c>paused</c>, <c>stopping</c>, <c>succeeded</c>, <c>stopped</c>, <c>cancelled</c> or <c>failed</c>.</summary>
    [JsonPropertyOrder(-97)]
    public required string Status { get; init; }

    /// <summary>True for the four final statuses: nothing changes any more.</summary>
    [JsonPropertyOrder(-96)]
    public required bool Terminal { get; init; }

    /// <summary>Phase of the run, from 0; null before it runs.</summary>
    [JsonPropertyOrder(-95)]
    public int? Phase { get; init; }

    /// <summary>Free pairs of words to find jobs by.</summary>
    [JsonPropertyOrder(-94)]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Higher runs earlier.</summary>
    [JsonPropertyOrder(-93)]
    public required int Priority { get; init; }

    [JsonPropertyOrder(-92)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last put into the queue.</summary>
    [JsonPropertyOrder(-91)]
    public required DateTimeOffset QueuedAt { get; init; }

    [JsonPropertyOrder(-90)]
    public DateTimeOffset? StartedAt { get; init; }

    [JsonPropertyOrder(-89)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How many runs have been started.</summary>
    [JsonPropertyOrder(-88)]
    public required int Attempt { get; init; }

    /// <summary>How far its run is; null before the first step.</summary>
    [JsonPropertyOrder(-87)]
    public JobProgressResource? Progress { get; init; }

    /// <summary>Newest value of each metric.</summary>
    [JsonPropertyOrder(-86)]
    public JsonElement? Latest { get; init; }

    /// <summary>The best checkpoint so far, its epoch and its metrics.</summary>
    [JsonPropertyOrder(-85)]
    public JsonElement? Best { get; init; }

    /// <summary>Why it has this status, when there is more to say than the status does.</summary>
    [JsonPropertyOrder(-84)]
    public string? Reason { get; init; }

    /// <summary>For a failed job.</summary>
    [JsonPropertyOrder(-83)]
    public JobErrorResource? Error { get; init; }

    /// <summary>Counts every change; the ETag is this number in quotes.</summary>
    [JsonPropertyOrder(-82)]
    public required long Version { get; init; }

    /// <summary>The job that had to succeed before this one could start.</summary>
    [JsonPropertyOrder(-81)]
    public string? Parent { get; init; }

    /// <summary>Its parent, as long as it waits for it: the job is queued, and has no place in the queue.</summary>
    [JsonPropertyOrder(-81)]
    public string? WaitingFor { get; init; }

    /// <summary>The checkpoint that it starts from; of a parent's, as soon as there is one.</summary>
    [JsonPropertyOrder(-81)]
    public string? FromCheckpoint { get; init; }

    /// <summary>The first job of the chain that it was sent with.</summary>
    [JsonPropertyOrder(-80)]
    public string? Chain { get; init; }

    /// <summary>The sweep whose trial it is.</summary>
    [JsonPropertyOrder(-80)]
    public string? Sweep { get; init; }

    /// <summary>Which trial of its sweep, from 1.</summary>
    [JsonPropertyOrder(-80)]
    public int? Trial { get; init; }

    /// <summary>The job that it was forked from.</summary>
    [JsonPropertyOrder(-80)]
    public string? ForkedFrom { get; init; }

    /// <summary>Where to go from here.</summary>
    [JsonPropertyOrder(100)]
    public required JobLinks Links { get; init; }
}

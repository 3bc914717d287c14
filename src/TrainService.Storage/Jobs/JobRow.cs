using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using TrainService.Jobs;
using TrainService.Jobs.Ports;

namespace TrainService.Storage.Jobs;

/// <summary>A row of <c>jobs</c> with its <c>job_specs</c>, as Dapper reads and writes it.</summary>
internal sealed class JobRow
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public string Id { get; set; } = "";
    public string? Name { get; set; }
    public string? NameSearch { get; set; }
    public string Kind { get; set; } = "";
    public string Labels { get; set; } = "{}";
    public int Priority { get; set; }
    public int Band { get; set; }
    public string Status { get; set; } = "";
    public string? Reason { get; set; }
    public string? ErrorClass { get; set; }
    public string? ErrorDetail { get; set; }
    public long CreatedAt { get; set; }
    public long QueuedAt { get; set; }
    public long? StartedAt { get; set; }
    public long? FinishedAt { get; set; }
    public long? NotBefore { get; set; }
    public int Attempt { get; set; }
    public int Failures { get; set; }
    public int Losses { get; set; }
    public int MaxAttempts { get; set; }
    public string? RunToken { get; set; }
    public long Version { get; set; }
    public long LastSeq { get; set; }
    public int? Phase { get; set; }
    public string? Progress { get; set; }
    public string? Latest { get; set; }
    public string? Best { get; set; }
    public string? FromCheckpoint { get; set; }
    public string? ParentJob { get; set; }
    public string? WaitsFor { get; set; }
    public string? ChainId { get; set; }
    public string? SweepId { get; set; }
    public int? Trial { get; set; }
    public int? RestAfter { get; set; }
    public string? ForkedFrom { get; set; }
    public string? Owner { get; set; }
    public string? TraceParent { get; set; }
    public string? SpecSha256 { get; set; }
    public string Spec { get; set; } = "";
    public string Resolved { get; set; } = "";
    public string Summary { get; set; } = "";
    public string Warnings { get; set; } = "";

    /// <summary>Only the sign of a priority orders the queue.</summary>
    public static int BandOf(int priority) => Math.Sign(priority);

    public static string Searchable(string name) => name.ToLowerInvariant();

    public static string? Write(JobProgress? progress) => progress is null ? null : JsonSerializer.Serialize(progress, Json);

    public static string Write(IReadOnlyDictionary<string, string> labels) => JsonSerializer.Serialize(labels);

    public static JobRow Of(JobRecord job) => new()
    {
        Id = job.Id,
        Name = job.Name,
        NameSearch = job.Name is null ? null : Searchable(job.Name),
        Kind = job.Kind,
        Labels = Write(job.Labels),
        Priority = job.Priority,
        Band = BandOf(job.Priority),
        Status = job.Status.Word(),
        Reason = job.Reason,
        ErrorClass = job.Error?.Class,
        ErrorDetail = job.Error?.Detail,
        CreatedAt = job.CreatedAt.ToUnixTimeMilliseconds(),
        QueuedAt = job.QueuedAt.ToUnixTimeMilliseconds(),
        StartedAt = job.StartedAt?.ToUnixTimeMilliseconds(),
        FinishedAt = job.FinishedAt?.ToUnixTimeMilliseconds(),
        NotBefore = job.NotBefore?.ToUnixTimeMilliseconds(),
        Attempt = job.Attempt,
        Failures = job.Failures,
        Losses = job.Losses,
        MaxAttempts = job.MaxAttempts,
        RunToken = job.RunToken,
        Version = job.Version,
        LastSeq = job.LastSeq,
        Phase = job.Phase,
        Progress = Write(job.Progress),
        Latest = job.LatestJson,
        Best = job.BestJson,
        FromCheckpoint = job.FromCheckpoint,
        ParentJob = job.ParentJob,
        WaitsFor = job.WaitsFor,
        ChainId = job.ChainId,
        SweepId = job.SweepId,
        Trial = job.Trial,
        RestAfter = job.RestAfter,
        ForkedFrom = job.ForkedFrom,
        Owner = job.Owner,
        TraceParent = job.TraceParent,
        SpecSha256 = HashOf(job.SpecJson, job.ResolvedJson, job.SummaryJson, job.WarningsJson),
        Spec = job.SpecJson,
        Resolved = job.ResolvedJson,
        Summary = job.SummaryJson,
        Warnings = job.WarningsJson,
    };

    /// <exception cref="StorageUnavailableException">Its texts are not those that were stored.</exception>
    public JobRecord ToRecord() => new()
    {
        Id = Id,
        Name = Name,
        Kind = Kind,
        Labels = JsonSerializer.Deserialize<Dictionary<string, string>>(Labels)!,
        Priority = Priority,
        Status = JobWords.ParseStatus(Status),
        Reason = Reason,
        Error = ErrorClass is null ? null : new(ErrorClass, ErrorDetail ?? ""),
        CreatedAt = Time(CreatedAt),
        QueuedAt = Time(QueuedAt),
        StartedAt = OptionalTime(StartedAt),
        FinishedAt = OptionalTime(FinishedAt),
        NotBefore = OptionalTime(NotBefore),
        Attempt = Attempt,
        Failures = Failures,
        Losses = Losses,
        MaxAttempts = MaxAttempts,
        RunToken = RunToken,
        Version = Version,
        LastSeq = LastSeq,
        Phase = Phase,
        Progress = Progress is null ? null : JsonSerializer.Deserialize<JobProgress>(Progress, Json),
        LatestJson = Latest,
        BestJson = Best,
        FromCheckpoint = FromCheckpoint,
        ParentJob = ParentJob,
        WaitsFor = WaitsFor,
        ChainId = ChainId,
        SweepId = SweepId,
        Trial = Trial,
        RestAfter = RestAfter,
        ForkedFrom = ForkedFrom,
        Owner = Owner,
        TraceParent = TraceParent,
        SpecJson = Checked(Spec),
        ResolvedJson = Resolved,
        SummaryJson = Summary,
        WarningsJson = Warnings,
    };

    // Rows from before there was a hash have none.
    private string Checked(string spec) => SpecSha256 is null || SpecSha256 == HashOf(Spec, Resolved, Summary, Warnings)
        ? spec
        : throw StorageFaults.Damaged("jobs", $"the spec of job {Id} is not the one that was stored.");

    private static string HashOf(params ReadOnlySpan<string> texts)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string text in texts)
        {
            hash.AppendData(BitConverter.GetBytes(text.Length));
            hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? OptionalTime(long? milliseconds) => milliseconds is { } m ? Time(m) : null;
}

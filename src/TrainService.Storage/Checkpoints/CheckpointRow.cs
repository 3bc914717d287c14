using TrainService.Jobs.Ports;
using TrainService.Storage.Jobs;

namespace TrainService.Storage.Checkpoints;

/// <summary>A row of <c>checkpoints</c>, as Dapper reads and writes it.</summary>
internal sealed class CheckpointRow
{
    public string Id { get; set; } = "";
    public string? JobId { get; set; }
    public int Epoch { get; set; }
    public long Step { get; set; }
    public string MetricsJson { get; set; } = "";
    public string MetadataJson { get; set; } = "";
    public string Reason { get; set; } = "";
    public long Bytes { get; set; }
    public string Sha256 { get; set; } = "";
    public long CreatedAt { get; set; }
    public string? ParentId { get; set; }
    public string? Owner { get; set; }
    public int Pinned { get; set; }

    /// <param name="owner">Of an uploaded one; a job's belongs to the job's owner.</param>
    public static CheckpointRow Of(CheckpointRecord c, string? owner) => new()
    {
        Id = c.Id, JobId = c.JobId, Epoch = c.Epoch, Step = c.Step, MetricsJson = c.MetricsJson, MetadataJson = c.MetadataJson,
        Reason = c.Reason, Bytes = c.Bytes, Sha256 = c.Sha256, CreatedAt = c.CreatedAt.ToUnixTimeMilliseconds(), ParentId = c.ParentId, Owner = owner,
    };

    public CheckpointRecord ToRecord() => new()
    {
        Id = Id, JobId = JobId, Epoch = Epoch, Step = Step, MetricsJson = MetricsJson, MetadataJson = MetadataJson,
        Reason = Reason, Bytes = Bytes, Sha256 = Sha256, CreatedAt = JobRow.Time(CreatedAt), ParentId = ParentId, Pinned = Pinned != 0,
    };
}

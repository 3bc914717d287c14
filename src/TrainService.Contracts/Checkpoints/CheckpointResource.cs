using System.Text.Json;
using System.Text.Json.Serialization;

namespace TrainService.Contracts.Checkpoints;

/// <summary>Saved weights, with what predicting needs beside them.</summary>
public sealed record CheckpointResource
{
    /// <summary>Opaque, prefixed <c>ckpt_</c>, sortable by time.</summary>
    public required string Id { get; init; }

    /// <summary>The job that made it.</summary>
    public string? Job { get; init; }

    public required int Epoch { get; init; }

    /// <summary>Updates done when it was taken.</summary>
    public required long Step { get; init; }

    /// <summary>The metrics of its epoch.</summary>
    public required JsonElement Metrics { get; init; }

    /// <summary>Why it is kept: <c>epoch</c>, <c>best</c>, <c>final</c> or <c>uploaded</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>Model as resolved, class names, fitted preprocessing.</summary>
    public required JsonElement Model { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Of the weights as downloaded, in hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The checkpoint that its job started from.</summary>
    public string? Parent { get; init; }

    /// <summary>It is not deleted, by retention or by hand, until it is unpinned.</summary>
    public bool Pinned { get; init; }

    public required CheckpointLinks Links { get; init; }

    /// <summary>What was made of the tensors of an uploaded file; only in the answer to the upload.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WeightReportResource? Report { get; init; }
}

/// <summary>Addresses relative to the server.</summary>
public sealed record CheckpointLinks(string Self, string Weights, string Predict, string Evaluate);

/// <param name="Pinned">Whether it stays whatever its job's retention says.</param>
public sealed record CheckpointEditRequest(bool Pinned);

/// <summary>A checkpoint that is no more.</summary>
/// <param name="Bytes">Size of its file.</param>
public sealed record CheckpointDeletedResource(string Id, long Bytes);

/// <summary>A page of checkpoints, newest first.</summary>
/// <param name="Next">Give it back as <c>after</c> for the next page; null on the last one.</param>
public sealed record CheckpointListResource(IReadOnlyList<CheckpointResource> Checkpoints, string? Next);

/// <summary>What became of the tensors of an uploaded file.</summary>
/// <param name="Loaded">Taken, in the order of the layers.</param>
/// <param name="Missing">The model has them, the file has not.</param>
/// <param name="Unexpected">The file has them, the model has not: left aside.</param>
/// <param name="ShapeMismatch">Both have them, in different shapes.</param>
public sealed record WeightReportResource(IReadOnlyList<string> Loaded, IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected,
    IReadOnlyList<ShapeMismatchResource> ShapeMismatch)
{
    /// <summary>For each loaded tensor what the file calls it, and what was done to its layout.</summary>
    public IReadOnlyList<TensorOriginResource> Origins { get; init; } = [];

    /// <summary>Left aside on purpose, with the reason.</summary>
    public IReadOnlyList<SkippedTensorResource> Skipped { get; init; } = [];
}

/// <param name="Tensor">Its name in the model: layer/role.</param>
/// <param name="From">What the file calls it.</param>
/// <param name="Change">What was done to its layout; null when nothing.</param>
public sealed record TensorOriginResource(string Tensor, string From, string? Change);

/// <param name="Name">What the file calls it.</param>
public sealed record SkippedTensorResource(string Name, string Why);

/// <param name="Expected">Shape that the model needs.</param>
/// <param name="Got">Shape in the file.</param>
public sealed record ShapeMismatchResource(string Name, IReadOnlyList<long> Expected, IReadOnlyList<long> Got);

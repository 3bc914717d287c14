using TrainService.Data.Preprocessing;

namespace TrainService.Data.Descriptions;

/// <summary>How large the pictures of an upload were before they were brought to one size.</summary>
public sealed record PictureSizes
{
    public required int SmallestHeight { get; init; }

    public required int SmallestWidth { get; init; }

    public required int LargestHeight { get; init; }

    public required int LargestWidth { get; init; }

    /// <summary>How they were brought to one size; pictures to predict are treated the same.</summary>
    public PictureFit Fit { get; init; } = new();
}

/// <summary>A file of an upload that was left out, and why.</summary>
public sealed record SkippedFile(string File, string Reason);

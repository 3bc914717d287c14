namespace TrainService.Formats;

/// <summary>What reading one file may cost at most. Beyond it the answer is an <see cref="ArrayFormatException"/> that names the limit.</summary>
public sealed record FormatLimits
{
    public static FormatLimits Default { get; } = new();

    /// <summary>Bytes of all arrays of a file together, unpacked.</summary>
    public long MaxBytes { get; init; } = 4L << 30;

    /// <summary>Arrays in a file, or entries of an archive.</summary>
    public int MaxArrays { get; init; } = 100_000;

    /// <summary>Bytes of a safetensors header, or of an archive's directory.</summary>
    public int MaxHeaderBytes { get; init; } = 32 << 20;

    /// <summary>Axes of an array.</summary>
    public int MaxRank { get; init; } = 32;
}

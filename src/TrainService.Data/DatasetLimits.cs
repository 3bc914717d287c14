namespace TrainService.Data;

/// <summary>What an upload may cost. Everything beyond is an error that names the limit.</summary>
public sealed record DatasetLimits
{
    /// <summary>Bytes of all files of an upload together, as they arrive.</summary>
    public long MaxUploadBytes { get; init; } = 2L << 30;

    /// <summary>Bytes that an upload may take on disk when it is unpacked and stored.</summary>
    public long MaxStoredBytes { get; init; } = 8L << 30;

    public int MaxFiles { get; init; } = 16;

    public int MaxRows { get; init; } = 20_000_000;

    /// <summary>Columns of a table.</summary>
    public int MaxColumns { get; init; } = 10_000;

    /// <summary>Numbers in one row of inputs or targets.</summary>
    public int MaxRowLength { get; init; } = 16 << 20;

    /// <summary>Different words of a categorical column.</summary>
    public int MaxCategories { get; init; } = 1_000;

    public int MaxClasses { get; init; } = 100_000;

    /// <summary>Characters of one line of a table, quoted line breaks included.</summary>
    public int MaxLineLength { get; init; } = 4 << 20;

    /// <summary>Errors listed; the rest is only counted.</summary>
    public int MaxErrors { get; init; } = 100;

    /// <summary>Uploaded datasets at once.</summary>
    public int MaxDatasets { get; init; } = 10_000;
}

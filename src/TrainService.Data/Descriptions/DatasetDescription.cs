namespace TrainService.Data.Descriptions;

/// <summary>Everything that is known of a dataset without reading its rows.</summary>
public sealed record DatasetDescription
{
    /// <summary>Opaque, <c>ds_…</c>.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required DatasetKind Kind { get; init; }

    public required bool BuiltIn { get; init; }

    /// <summary>One or two sentences: what it is, how it was made.</summary>
    public string? Summary { get; init; }

    /// <summary>Shape of one input row, with a table's default features: [28, 28], [4].</summary>
    public required IReadOnlyList<int> InputShape { get; init; }

    /// <summary>For arrays x_NAME: the inputs that make up a row, one behind the other. Null when a row is one input.</summary>
    public IReadOnlyList<NamedPart>? Inputs { get; init; }

    /// <summary>How an input number is stored: uint8 or float32.</summary>
    public required string StoredType { get; init; }

    /// <summary>What stored bytes are multiplied by when they are drawn; 1 for float32. With 1/255 a picture's values lie in [0, 1].</summary>
    public double Scale { get; init; } = 1;

    public required TargetDescription Target { get; init; }

    public required SplitCounts Counts { get; init; }

    /// <summary>For tables: every column, in the order of the file.</summary>
    public IReadOnlyList<ColumnDescription>? Columns { get; init; }

    /// <summary>For tables: the columns taken as input unless a job names others.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Null for a built-in dataset that has not been used yet.</summary>
    public DatasetStatistics? Statistics { get; init; }

    /// <summary>Rows carry sample weights.</summary>
    public bool HasSampleWeights { get; init; }

    /// <summary>For uploaded pictures: their sizes before they were brought to one.</summary>
    public PictureSizes? Pictures { get; init; }

    /// <summary>Files of the upload that were left out, the first hundred of them; null when there was none.</summary>
    public IReadOnlyList<SkippedFile>? SkippedFiles { get; init; }

    /// <summary>How many files were left out.</summary>
    public long SkippedFileCount { get; init; }

    public string? Licence { get; init; }

    public string? Source { get; init; }

    /// <summary>Who uploaded it; null when nobody asked who it was.</summary>
    public string? Owner { get; init; }

    /// <summary>Null for a built-in one.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Bytes on disk; 0 for one that is made when used.</summary>
    public long Bytes { get; init; }
}

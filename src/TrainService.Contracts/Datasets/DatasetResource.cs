using System.Text.Json.Serialization;

namespace TrainService.Contracts.Datasets;

/// <summary>A dataset: immutable once it is there.</summary>
public sealed record DatasetResource
{
    /// <summary>Opaque, prefixed <c>ds_</c>.</summary>
    public required string Id { get; init; }

    /// <summary>How jobs ask for it.</summary>
    public required string Name { get; init; }

    /// <summary><c>images</c>, <c>table</c>, <c>arrays</c> or <c>synthetic</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>It came with the service rather than by upload.</summary>
    public required bool BuiltIn { get; init; }

    public string? Summary { get; init; }

    /// <summary>Shape of one input row, with a table's default features.</summary>
    public required IReadOnlyList<int> InputShape { get; init; }

    /// <summary>For arrays x_NAME: the inputs that a row is made of, one behind the other.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DatasetPartResource>? Inputs { get; init; }

    /// <summary>How an input number is stored: <c>uint8</c> or <c>float32</c>.</summary>
    public required string StoredType { get; init; }

    /// <summary>What stored bytes are multiplied by when they are drawn: 1/255 for pictures.</summary>
    public required double Scale { get; init; }

    public required DatasetTargetResource Target { get; init; }

    public required DatasetCountsResource Counts { get; init; }

    /// <summary>For tables: every column, in the order of the file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DatasetColumnResource>? Columns { get; init; }

    /// <summary>For tables: the columns taken as input unless a job names others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Over the training rows; null for a built-in dataset that has not been used yet.</summary>
    public DatasetStatisticsResource? Statistics { get; init; }

    /// <summary>For uploaded pictures: their sizes before they were brought to one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PictureSizesResource? Pictures { get; init; }

    /// <summary>Files of the upload that were left out, the first hundred.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SkippedFileResource>? SkippedFiles { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SkippedFileCount { get; init; }

    public string? Licence { get; init; }

    /// <summary>Where it comes from.</summary>
    public string? Source { get; init; }

    /// <summary>Null for a built-in one.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>On disk.</summary>
    public required long Bytes { get; init; }

    public required DatasetLinks Links { get; init; }
}

/// <summary>What is to be predicted.</summary>
/// <param name="Kind"><c>class</c>, <c>number</c>, <c>vector</c>, or <c>inputs</c>: nothing is labelled, and what can be predicted are the inputs themselves.</param>
/// <param name="Shape">Of one row of targets.</param>
/// <param name="ClassNames">By index.</param>
/// <param name="Columns">For tables: where the targets are read from.</param>
/// <param name="Parts">For arrays y_NAME: the outputs' targets, one behind the other.</param>
public sealed record DatasetTargetResource(string Kind, IReadOnlyList<int> Shape, IReadOnlyList<string>? ClassNames, IReadOnlyList<string>? Columns,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<DatasetPartResource>? Parts = null);

/// <summary>One of several arrays that a row is made of.</summary>
/// <param name="Name">Of the model's input or output that it is for.</param>
public sealed record DatasetPartResource(string Name, IReadOnlyList<int> Shape);

/// <summary>Rows of each part; null for a part that it does not have.</summary>
public sealed record DatasetCountsResource(int Train, int? Validation, int? Test);

/// <summary>One column of a table.</summary>
/// <param name="Type"><c>numeric</c> or <c>categorical</c>.</param>
/// <param name="Categories">The words of a categorical column.</param>
/// <param name="Missing">Cells that were empty and were filled in.</param>
/// <param name="Statistics">Of a numeric column, over the training rows.</param>
public sealed record DatasetColumnResource(string Name, string Type, IReadOnlyList<string>? Categories, int Missing, ValueStatisticsResource? Statistics);

/// <param name="Inputs">Over all input values together.</param>
/// <param name="Targets">Over targets that are numbers.</param>
/// <param name="ClassCounts">Training rows of each class, by index.</param>
/// <param name="Channels">Channel by channel, for pictures with several.</param>
public sealed record DatasetStatisticsResource(ValueStatisticsResource? Inputs, ValueStatisticsResource? Targets, IReadOnlyList<int>? ClassCounts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ValueStatisticsResource>? Channels = null);

/// <summary>How large uploaded pictures were before they were brought to one size.</summary>
public sealed record PictureSizesResource(int SmallestHeight, int SmallestWidth, int LargestHeight, int LargestWidth);

/// <summary>A file of the upload that was left out, and why.</summary>
public sealed record SkippedFileResource(string File, string Reason);

/// <param name="StandardDeviation">Of the population: divided by n.</param>
public sealed record ValueStatisticsResource(double Minimum, double Maximum, double Mean, double StandardDeviation);

/// <summary>Addresses relative to the server.</summary>
public sealed record DatasetLinks(string Self, string Preview);

/// <summary>Every dataset, the built-in ones first, then by name.</summary>
public sealed record DatasetListResource(IReadOnlyList<DatasetResource> Datasets);

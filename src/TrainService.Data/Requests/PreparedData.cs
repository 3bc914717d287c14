using TrainService.Data.Augmentation;
using TrainService.Data.Descriptions;
using TrainService.Data.Preprocessing;
using TrainService.Specification;

namespace TrainService.Data.Requests;

/// <summary>What a request would give, known without reading any rows.</summary>
public sealed record DescribedData
{
    public required DatasetDescription Dataset { get; init; }

    /// <summary>Shape of one input row, after preprocessing.</summary>
    public required IReadOnlyList<int> InputShape { get; init; }

    /// <summary>The targets, after class selection and one_hot.</summary>
    public required TargetDescription Target { get; init; }

    /// <summary>What targets that are no classes may be, number by number of a row, in the training rows and those to validate on; null when nobody looked.</summary>
    public IReadOnlyList<TargetColumn>? TargetColumns { get; init; }

    public required SplitCounts Counts { get; init; }

    /// <summary>Random changes to the training rows; null for none.</summary>
    public AugmentationSettings? Augment { get; init; }

    public IReadOnlyList<SpecWarning> Warnings { get; init; } = [];
}

/// <summary>Rows ready to train on. Rows are drawn through indices: nothing was copied but weights and indices.</summary>
public sealed record PreparedData
{
    public required DescribedData Described { get; init; }

    public required Split Train { get; init; }

    /// <summary>The training rows, changed at random in each epoch: what is to be trained on in place of <see cref="Train"/>, whose rows they are. Null for none.</summary>
    public AugmentedRows? Augmented { get; init; }

    public Split? Validation { get; init; }

    public Split? Test { get; init; }

    /// <summary>What turns raw inputs into the rows that the network sees; travels with the checkpoint.</summary>
    public required FittedPreprocessing Preprocessing { get; init; }

    public IReadOnlyList<int> InputShape => Described.InputShape;

    public TargetDescription Target => Described.Target;
}

/// <summary>A value, or everything that is wrong; pointers are relative to the whole job: <c>/dataset/name</c>.</summary>
public sealed record DataResult<T>(T? Value, IReadOnlyList<SpecError> Errors)
    where T : class
{
    public bool Ok => Errors.Count == 0;
}

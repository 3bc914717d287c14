using TrainService.Data.Augmentation;
using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;

namespace TrainService.Data.Selection;

/// <summary>Everything that a request decides, before any row is read.</summary>
internal sealed record RequestPlan
{
    public required Selected Selected { get; init; }

    public required SplitKind Split { get; init; }

    /// <summary>Training rows that are left out first.</summary>
    public int Skip { get; init; }

    /// <summary>Training rows that are used at all, those set aside for validation among them.</summary>
    public required int Rows { get; init; }

    /// <summary>Of these, how many are set aside.</summary>
    public required int SetAside { get; init; }

    /// <summary>Rows of another dataset to validate on.</summary>
    public PartSource? OtherValidation { get; init; }

    /// <summary>Steps for inputs, in order.</summary>
    public required IReadOnlyList<Preprocessor> Steps { get; init; }

    /// <summary>Class targets become vectors.</summary>
    public required bool OneHot { get; init; }

    /// <summary>Random changes to the training rows; null for none.</summary>
    public AugmentationSettings? Augment => Described.Augment;

    public required DescribedData Described { get; init; }
}

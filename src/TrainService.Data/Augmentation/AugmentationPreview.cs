using TrainService.Data.Descriptions;
using TrainService.Data.Requests;
using TrainService.Data.Selection;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.Data.Augmentation;

/// <summary>One training picture, and what becomes of it in a job's first epochs.</summary>
public static class AugmentationPreview
{
    /// <summary>2⁵³ - 1: as a job's seed.</summary>
    private const long LargestSeed = 9_007_199_254_740_991;

    public static IReadOnlyList<ArgumentSpec> Arguments { get; } =
    [
        Arg.Object("augment", "The changes, as in a job's dataset.", AugmentationSettings.Arguments, required: true),
        Arg.Integer("row", "Which of the training rows.", 0, min: 0, max: int.MaxValue),
        Arg.Integer("count", "How many variants.", 15, min: 1, max: 63),
        Arg.Integer("seed", "The job's seed.", 0, min: 0, max: LargestSeed),
    ];

    /// <summary>Row 0 is the picture as it is, row n its variant in epoch n.</summary>
    /// <param name="asked">Checked arguments.</param>
    public static DataResult<RowSource> Of(Dataset dataset, Arguments asked)
    {
        List<SpecError> errors = [];
        DatasetDescription description = dataset.Description;
        AugmentationSettings? settings = new AugmentationReader(asked.Object("augment"), "/augment", errors).Read();
        int row = asked.Integer("row");
        if (!AugmentationPlan.IsPictures(description)) errors.Add(AugmentationPlan.NoPictures("/augment", description));
        else if (row >= dataset.Train.Count) errors.Add(new("/row", "out_of_range", $"'{description.Name}' has {dataset.Train.Count:N0} training rows; they are counted from 0.", row));
        if (errors.Count > 0 || settings is null) return new(null, errors);
        var rows = new AugmentedRows(dataset.Train.Inputs, dataset.Train.Targets, [], settings, description.InputShape, (float)description.Scale,
            description.StoredType == "uint8", (ulong)asked.Long("seed"));
        return new(new Variants(dataset.Train.Inputs, rows, row, asked.Integer("count")), []);
    }

    private sealed class Variants(RowSource plain, AugmentedRows rows, int row, int count) : RowSource
    {
        public override int Count => count + 1;

        public override int RowLength => plain.RowLength;

        public override void CopyRow(int variant, Span<float> destination)
        {
            if (variant == 0) plain.CopyRow(row, destination);
            else rows.Draw(variant - 1, row, destination, new float[rows.TargetLength], rows.NewScratch());
        }
    }
}

using TrainService.Data.Descriptions;
using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;
using TrainService.Specification;

namespace TrainService.Data.Selection;

/// <summary>Finds in a dataset what a network takes and predicts that was trained before: the same columns by name, the same classes by name, the same shapes.</summary>
internal static class Evaluation
{
    private const string Pointer = $"{Selector.Root}/name", PartPointer = "/part";

    public static EvaluationRows? Prepare(Dataset dataset, FittedPreprocessing fitted, TargetDescription target, DatasetPart? part, List<SpecError> errors)
    {
        DatasetPart chosen = part ?? (dataset.Test is not null ? DatasetPart.Test : dataset.Validation is not null ? DatasetPart.Validation : DatasetPart.Train);
        Split? rows = chosen switch { DatasetPart.Test => dataset.Test, DatasetPart.Validation => dataset.Validation, _ => dataset.Train };
        if (rows is null)
        {
            errors.Add(new(PartPointer, "not_found", $"'{dataset.Description.Name}' has no {chosen.ToString().ToLowerInvariant()} rows of its own.", chosen.ToString().ToLowerInvariant()));
            return null;
        }
        // Class vectors were made of class numbers, and are again.
        bool oneHot = target is { Kind: TargetKind.Vector, ClassNames: not null };
        Selected selected = SelectedBy(dataset.Description, fitted, oneHot ? target with { Kind = TargetKind.Class, Shape = [1] } : target);
        if (ValidationMatch.Of(selected, dataset.Description, classesChosen: true, Pointer, errors) is not { } match) return null;
        (Split whole, int[] numbers) = Preparer.WholeWithNumbers(match.Source, rows);
        Split? finished = Preparer.Finish(whole, [.. fitted.Steps], selected, oneHot);
        if (finished is null) errors.Add(new(Pointer, "conflict", $"'{dataset.Description.Name}' has no rows of the classes that were learned.", dataset.Description.Name));
        return finished is null ? null : new EvaluationRows(finished, chosen, numbers.Length == rows.Count ? null : numbers);
    }

    // The network's own view of its data, in the terms of a request: messages speak of it as the other dataset.
    private static Selected SelectedBy(DatasetDescription dataset, FittedPreprocessing fitted, TargetDescription target) => new()
    {
        Dataset = dataset with { Name = "the training data", InputShape = fitted.InputShape },
        Features = fitted.Columns is { } columns
            ? [.. columns.Select(c => new ColumnDescription { Name = c.Name, Type = c.Categories is null ? ColumnType.Numeric : ColumnType.Categorical, Categories = c.Categories })]
            : null,
        Target = target,
        Counts = dataset.Counts,
    };
}

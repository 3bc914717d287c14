namespace TrainService.Data.Requests;

/// <summary>A part of a dataset.</summary>
public enum DatasetPart
{
    Train,
    Validation,
    Test,
}

/// <summary>Rows to evaluate on.</summary>
/// <param name="Part">Which part of the dataset they are.</param>
public sealed record EvaluationRows(Split Rows, DatasetPart Part);

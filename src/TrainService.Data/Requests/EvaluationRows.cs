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
/// <param name="Numbers">Each row's number in that part; null when these are all of its rows, in order.</param>
public sealed record EvaluationRows(Split Rows, DatasetPart Part, IReadOnlyList<int>? Numbers = null);

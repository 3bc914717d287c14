namespace TrainService.Contracts.Checkpoints;

/// <summary>How well a checkpoint does on a dataset, dropout off.</summary>
/// <param name="Part">Which rows of it: <c>train</c>, <c>validation</c> or <c>test</c>.</param>
/// <param name="Rows">How many.</param>
/// <param name="Metrics">Loss, and each metric of the checkpoint's job; accuracy too when it tells classes.</param>
/// <param name="Confusion">Which class was taken for which; null when it does not tell classes.</param>
public sealed record EvaluateResource(string Dataset, string Part, int Rows, IReadOnlyDictionary<string, double> Metrics, ConfusionResource? Confusion);

/// <param name="Classes">Names, by index.</param>
/// <param name="Matrix">Rows counted by true class, then by predicted class.</param>
public sealed record ConfusionResource(IReadOnlyList<string> Classes, IReadOnlyList<IReadOnlyList<long>> Matrix, IReadOnlyList<ClassReportResource> PerClass);

/// <param name="Precision">Share of the rows predicted as this class that are of it; 0 when there are none.</param>
/// <param name="Recall">Share of this class's rows that were found; 0 when there are none.</param>
/// <param name="F1">Harmonic mean of the two.</param>
/// <param name="Support">Rows of this class.</param>
public sealed record ClassReportResource(string Name, double Precision, double Recall, double F1, long Support);

namespace TrainService.Training.Inference;

/// <summary>How well a checkpoint does on a dataset, dropout off.</summary>
/// <param name="Part">train, validation or test: which rows of it.</param>
/// <param name="Metrics">loss, and each metric of the checkpoint's job; accuracy too when it tells classes.</param>
/// <param name="Confusion">Null when it does not tell classes.</param>
/// <param name="Worst">The rows with the greatest losses, worst first; null when not asked for.</param>
public sealed record Evaluation(string Dataset, string Part, int Rows, IReadOnlyDictionary<string, double> Metrics, Confusion? Confusion, IReadOnlyList<WorstRow>? Worst = null);

/// <summary>A row that the network gets wrong, or nearly so.</summary>
/// <param name="Row">Its number in the part, from 0.</param>
/// <param name="Actual">Name of its class; null when the network tells none.</param>
/// <param name="Target">At most the first hundred numbers.</param>
/// <param name="Output">The same of what the network says.</param>
/// <param name="Predicted">The most probable class; null when the network tells none.</param>
public sealed record WorstRow(int Row, double Loss, string? Actual, IReadOnlyList<float> Target, IReadOnlyList<float> Output, ClassScore? Predicted);

/// <summary>Which class was taken for which.</summary>
/// <param name="Classes">Names, by index.</param>
/// <param name="Matrix">Rows counted by [true class][predicted class].</param>
/// <param name="PerClass">By index.</param>
public sealed record Confusion(IReadOnlyList<string> Classes, IReadOnlyList<IReadOnlyList<long>> Matrix, IReadOnlyList<ClassReport> PerClass);

/// <param name="Precision">Share of the rows predicted as this class that are of it; 0 when there are none.</param>
/// <param name="Recall">Share of this class's rows that were found; 0 when there are none.</param>
/// <param name="F1">Harmonic mean of the two.</param>
/// <param name="Support">Rows of this class.</param>
public sealed record ClassReport(string Name, double Precision, double Recall, double F1, long Support);

using System.Text.Json.Serialization;

namespace TrainService.Contracts.Checkpoints;

/// <summary>How well a checkpoint does on a dataset, dropout off.</summary>
/// <param name="Part">Which rows of it: <c>train</c>, <c>validation</c> or <c>test</c>.</param>
/// <param name="Rows">How many.</param>
/// <param name="Metrics">Loss, and each metric of the checkpoint's job; accuracy too when it tells classes.</param>
/// <param name="Confusion">Which class was taken for which; null when it does not tell classes.</param>
/// <param name="Worst">The rows with the greatest losses, worst first, when <c>worst</c> asked for them.</param>
public sealed record EvaluateResource(string Dataset, string Part, int Rows, IReadOnlyDictionary<string, double> Metrics, ConfusionResource? Confusion,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<WorstRowResource>? Worst = null);

/// <param name="Row">Its number in the part, as the dataset's preview has it, from 0.</param>
/// <param name="Loss">Null when it is not finite.</param>
/// <param name="Actual">Name of its class; null when the network tells none.</param>
/// <param name="Target">At most the first hundred numbers.</param>
/// <param name="Output">The same of what the network says.</param>
/// <param name="Predicted">The most probable class; null when the network tells none.</param>
public sealed record WorstRowResource(int Row, double? Loss, string? Actual, IReadOnlyList<float> Target, IReadOnlyList<float> Output, ClassScoreResource? Predicted);

/// <param name="Classes">Names, by index.</param>
/// <param name="Matrix">Rows counted by true class, then by predicted class.</param>
public sealed record ConfusionResource(IReadOnlyList<string> Classes, IReadOnlyList<IReadOnlyList<long>> Matrix, IReadOnlyList<ClassReportResource> PerClass);

/// <param name="Precision">Share of the rows predicted as this class that are of it; 0 when there are none.</param>
/// <param name="Recall">Share of this class's rows that were found; 0 when there are none.</param>
/// <param name="F1">Harmonic mean of the two.</param>
/// <param name="Support">Rows of this class.</param>
public sealed record ClassReportResource(string Name, double Precision, double Recall, double F1, long Support);

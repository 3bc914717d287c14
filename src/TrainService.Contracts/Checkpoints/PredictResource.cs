using System.Text.Json.Serialization;

namespace TrainService.Contracts.Checkpoints;

/// <summary>One entry for each row that was sent.</summary>
/// <param name="Outputs">What the network gives, dropout off.</param>
/// <param name="Classes">The most probable classes, best first; null when the network does not tell classes.</param>
/// <param name="Mean">Over the samples, when <c>mc_samples</c> was asked for.</param>
/// <param name="Std">Standard deviation over the samples.</param>
/// <param name="Samples">The single samples, by row, when return_samples asked for them.</param>
/// <param name="Named">Of a model with several outputs: what stands in <c>outputs</c>, by the outputs' names.</param>
public sealed record PredictResource(IReadOnlyList<float[]> Outputs, IReadOnlyList<IReadOnlyList<ClassScoreResource>>? Classes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<float[]>? Mean = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<float[]>? Std = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<float[][]>? Samples = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<IReadOnlyDictionary<string, float[]>>? Named = null);

/// <param name="Name">The class's name, or its number when it has none.</param>
/// <param name="Index">The class's number.</param>
public sealed record ClassScoreResource(string Name, int Index, double Probability);

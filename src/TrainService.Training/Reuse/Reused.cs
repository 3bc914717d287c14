using System.Globalization;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Reuse;

/// <summary>A job's model with every reference to a checkpoint resolved.</summary>
/// <param name="Model">Null when there were errors.</param>
/// <param name="CheckpointId">Where weights come from; null when all are drawn.</param>
internal sealed record Reused(ComponentValue? Model, string? CheckpointId = null)
{
    private const string Layers = "/model/layers/";

    /// <summary>The checkpoint's own network; null without one.</summary>
    public Network? Source { get; init; }

    /// <summary>How many of the model's layers come from the checkpoint; null when the client wrote all of them.</summary>
    public int? Taken { get; init; }

    private string Pointer => Taken is null ? $"/model/{WeightsFrom.Name}" : $"/model/{CheckpointModel.From}";

    /// <summary>Do the weights fit the layers that they are meant for?</summary>
    public void Check(Network network, SpecErrors errors)
    {
        if (Source is null || Model is null || WeightsFrom.Of(Model) is not { } from) return;
        Dictionary<string, NetworkLayer> theirs = Source.Layers.ToDictionary(l => l.Name, StringComparer.Ordinal), ours = network.Layers.ToDictionary(l => l.Name, StringComparer.Ordinal);
        foreach (string name in from.Layers)
        {
            if (!theirs.TryGetValue(name, out NetworkLayer? source))
                errors.Add(Pointer, "unknown_layer", $"The checkpoint has no layer '{name}'.", name, NearestName.Of(name, theirs.Keys));
            else if (!ours.TryGetValue(name, out NetworkLayer? target))
                errors.Add(Pointer, "unknown_layer", $"The model has no layer '{name}'.", name, NearestName.Of(name, ours.Keys));
            else if (!Shapes(source).SequenceEqual(Shapes(target)))
                errors.Add(Pointer, "shape_mismatch", $"The weights of '{name}' are {Show(source)} in the checkpoint, and {Show(target)} here.", name);
        }
    }

    /// <summary>Errors at the places that the client wrote.</summary>
    public IReadOnlyList<SpecError> Places(IReadOnlyList<SpecError> errors) => [.. errors.Select(e => e with { Pointer = Place(e.Pointer) })];

    /// <summary>Advice at the places that the client wrote; what is said of the layers taken is not his affair.</summary>
    public IReadOnlyList<SpecWarning> Places(IReadOnlyList<SpecWarning> warnings) => [.. warnings.Select(w => w with { Pointer = Place(w.Pointer) })];

    private string Place(string pointer)
    {
        if (Taken is not { } taken || !pointer.StartsWith(Layers, StringComparison.Ordinal)) return pointer;
        string[] rest = pointer[Layers.Length..].Split('/', 2);
        return int.TryParse(rest[0], CultureInfo.InvariantCulture, out int layer) && layer >= taken
            ? string.Join('/', [$"/model/{CheckpointModel.Append}/{layer - taken}", .. rest.Skip(1)])
            : Pointer;
    }

    private static IEnumerable<(string, string)> Shapes(NetworkLayer layer) => layer.Parameters.Select(p => (p.Name, p.Shape.ToString()));

    private static string Show(NetworkLayer layer) => layer.Parameters.Count == 0 ? "none" : string.Join(", ", layer.Parameters.Select((ParameterSpec p) => $"{p.Name} {p.Shape}"));
}

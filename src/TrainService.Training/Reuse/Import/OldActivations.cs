using System.Text.Json;
using TrainService.Formats;
using TrainService.NeuralNet.Activations;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Models;

namespace TrainService.Training.Reuse.Import;

/// <summary>
/// Refuses, by the layer's name, what an older Keras means otherwise than its name says today: up to version 2 hard_sigmoid is clip(0.2 x + 0.5, 0, 1),
/// from version 3 on relu6(x + 3) / 6. Source: keras/src/activations/activations.py of both.
/// </summary>
internal static class OldActivations
{
    /// <param name="json">The description that <paramref name="definition"/> was read from. Unless it is one of Keras's, its names are ours.</param>
    /// <param name="fileVersion">Of the Keras that saved the file; null when nobody says.</param>
    /// <param name="definition">What is looked through.</param>
    /// <param name="errors">Where errors are gathered.</param>
    public static void Refuse(JsonElement json, string? fileVersion, ModelDefinition definition, SpecErrors errors)
    {
        if (json.ValueKind != JsonValueKind.Object || !JsonText.TryGetMember(json, "class_name", out _)) return;
        string? version = JsonText.TryGetMember(json, "keras_version", out JsonElement said) && JsonText.TryGet(said, out string? text) ? text : fileVersion;
        if (version is null || !(version.StartsWith("1.", StringComparison.Ordinal) || version.StartsWith("2.", StringComparison.Ordinal))) return;
        foreach (ModelNode node in definition.Nodes)
            if (node.Node.SharedWith is null && (Is(node.Value) || node.Value.Arguments.Values.Values.Any(Is)))
                errors.Add(node.Pointer, "no_equivalent", $"The layer '{ArrayFormatException.Printable(node.Node.Name)}' has the activation hard_sigmoid, and the file is of Keras {ArrayFormatException.Printable(version)}: "
                    + "there it is clip(0.2 x + 0.5, 0, 1), here and from Keras 3 on relu6(x + 3) / 6. The network would give other numbers.", HardSigmoid.Descriptor.Name);
    }

    private static bool Is(object? value) => value is ComponentValue component && component.Descriptor.Name == HardSigmoid.Descriptor.Name;
}

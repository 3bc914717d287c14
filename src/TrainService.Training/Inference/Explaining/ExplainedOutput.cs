using System.Text.Json;
using TrainService.NeuralNet.Explaining;
using TrainService.Specification.Reading;

namespace TrainService.Training.Inference.Explaining;

/// <summary>Which output of the network is explained.</summary>
/// <param name="Index">Of the class, or of the output.</param>
/// <param name="Output">Place in the network's output.</param>
/// <param name="Sign">-1 for the first of two classes that one output tells.</param>
internal sealed record ExplainedOutput(int Index, string? Name, int Output, int Sign)
{
    /// <summary>What makes probabilities of a network's outputs when its own last activation doesn't.</summary>
    public static ScoreLink LinkOf(LoadedNetwork network) => !network.FromLogits ? ScoreLink.None
        : network.Loss.Descriptor.Name.StartsWith("binary_", StringComparison.Ordinal) ? ScoreLink.Sigmoid : ScoreLink.Softmax;

    /// <param name="asked">A name or a number; null for the most probable class.</param>
    /// <param name="outputs">What the network gives for the input.</param>
    /// <returns>Null when there is no such class.</returns>
    public static ExplainedOutput? Of(LoadedNetwork network, JsonElement? asked, float[] outputs, SpecErrors errors)
    {
        bool two = outputs.Length == 1 && network.ClassNames is { Count: 2 };
        IReadOnlyList<string>? names = two || network.ClassNames?.Count == outputs.Length ? network.ClassNames : null;
        int count = two ? 2 : outputs.Length, index;
        if (asked is not { } given)
            index = names is null ? 0 : two ? (outputs[0] > (network.FromLogits ? 0 : 0.5f) ? 1 : 0) : Array.IndexOf(outputs, outputs.Max());
        else if (given.ValueKind == JsonValueKind.Number && given.TryGetInt32(out index))
        {
            if (index < 0 || index >= count)
            {
                errors.Add("/class", "out_of_range", $"Expected 0 to {count - 1}, got {index}.", index);
                return null;
            }
        }
        else
        {
            string? name = JsonText.TryGet(given, out string? text) ? text : null;
            index = name is null || names is null ? -1 : names.ToList().IndexOf(name);
            if (index < 0)
            {
                errors.Add("/class", name is null ? "wrong_type" : "unknown_name",
                    names is null ? $"The network tells no classes: expected the number of an output, 0 to {count - 1}." : $"Expected the name of a class or its number; there are {string.Join(", ", names.Take(20))}{(names.Count > 20 ? " …" : "")}.",
                    SpecErrors.Show(given), name is null || names is null ? null : NearestName.Of(name, names));
                return null;
            }
        }

        return new ExplainedOutput(index, names?[index], two ? 0 : index, two && index == 0 ? -1 : 1);
    }
}

using TrainService.NeuralNet.Activations;
using TrainService.Specification;

namespace TrainService.Training.Models.Nesting;

/// <summary>
/// What an older Keras means otherwise than its name says today: up to version 2 hard_sigmoid is clip(0.2 x + 0.5, 0, 1), from version 3 on
/// relu6(x + 3) / 6. Source: keras/src/activations/activations.py of both.
/// </summary>
internal static class OldActivations
{
    public const string Version = "keras_version";

    public static bool IsOld(string? version) => version is not null && (version.StartsWith("1.", StringComparison.Ordinal) || version.StartsWith("2.", StringComparison.Ordinal));

    /// <summary>A component of such a Keras, and all within it, in today's words.</summary>
    public static ComponentValue Translate(ComponentValue value)
    {
        if (value.Descriptor.Name == HardSigmoidWidth.Activation)
            return value.Arguments.IsGiven(HardSigmoidWidth.Key) && value.Arguments.Number(HardSigmoidWidth.Key) != HardSigmoidWidth.Default ? value
                : value with { Arguments = value.Arguments.With(HardSigmoidWidth.Key, HardSigmoidWidth.Old) };
        foreach ((string key, object? argument) in value.Arguments.Values)
        {
            object? translated = argument switch
            {
                ComponentValue component => Translate(component),
                IReadOnlyList<ComponentValue> list => list.Select(Translate).ToArray(),
                _ => argument,
            };
            if (Differs(argument, translated)) return Translate(value with { Arguments = value.Arguments.With(key, translated) });
        }

        return value;
    }

    private static bool Differs(object? before, object? after) => before is IReadOnlyList<ComponentValue> list
        ? !list.SequenceEqual((IReadOnlyList<ComponentValue>)after!, ReferenceEqualityComparer.Instance) : !ReferenceEquals(before, after);
}

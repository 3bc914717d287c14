using TrainService.Data.Requests;
using TrainService.Specification;

namespace TrainService.Training.Kinds.Autoencoders;

/// <summary>What follows from where the inputs lie: how they are best put out and compared.</summary>
internal static class InputRange
{
    /// <summary>A byte is drawn as at most 1.</summary>
    private const double UnitScale = 1.001 / 255;

    private static readonly HashSet<string> ToUnit = new(StringComparer.Ordinal) { "min_max" };

    /// <summary>All inputs lie between 0 and 1, as far as it is known without reading them.</summary>
    public static bool IsUnit(DescribedData data, Arguments dataset)
    {
        string[] steps = dataset.Has("preprocess") ? [.. dataset.ValueList("preprocess").Select(p => p.Descriptor.Name).Where(n => n != "one_hot")] : [];
        if (steps.Length > 0) return ToUnit.Contains(steps[^1]) && !dataset.ValueList("preprocess").Any(p => p.Descriptor.Name == steps[^1] && !IsPlain(p));
        return data.Dataset.Columns is null
            && ((data.Dataset.StoredType == "uint8" && data.Dataset.Scale <= UnitScale) || data.Dataset.Statistics?.Inputs is { Minimum: >= 0, Maximum: <= 1 });
    }

    /// <summary>Bernoulli probabilities of numbers between 0 and 1, squared errors of others.</summary>
    public static (ComponentValue Loss, ComponentValue Activation) Usual(bool unit)
        => unit ? (Made.Loss("binary_crossentropy"), Made.Activation("sigmoid")) : (Made.Loss("mse"), Made.Activation("linear"));

    // To another range when it says so.
    private static bool IsPlain(ComponentValue minMax) => minMax.Descriptor.Arguments.All(a => !minMax.Arguments.IsGiven(a.Name) || Equals(minMax.Arguments.Values.GetValueOrDefault(a.Name), a.Default));
}

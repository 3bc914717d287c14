using TrainService.Specification;

namespace TrainService.Training.Models;

/// <summary>Names for layers that have none: the type, with _1, _2 … for the next ones of it, as Keras does within one model.</summary>
/// <param name="given">Names that are taken.</param>
internal sealed class LayerNames(IEnumerable<string?> given)
{
    private readonly HashSet<string> _taken = new(given.OfType<string>(), StringComparer.Ordinal);

    /// <summary>A name that begins so and is taken by nobody else; it is taken then.</summary>
    public string Free(string name)
    {
        string candidate = name;
        for (int i = 1; !_taken.Add(candidate); i++) candidate = $"{name}_{i}";
        return candidate;
    }

    public string Of(ComponentValue layer)
    {
        if (layer.Arguments.OptionalText(LayerArguments.Name) is { } name) return name;
        return Free(layer.Descriptor.Name);
    }
}

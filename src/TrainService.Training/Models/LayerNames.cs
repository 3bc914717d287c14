using TrainService.Specification;

namespace TrainService.Training.Models;

/// <summary>Names for layers that have none: the type, with _1, _2 … for the next ones of it, as Keras does within one model.</summary>
/// <param name="given">Names that are taken.</param>
internal sealed class LayerNames(IEnumerable<string?> given)
{
    private readonly HashSet<string> _taken = new(given.OfType<string>(), StringComparer.Ordinal);

    public string Of(ComponentValue layer)
    {
        if (layer.Arguments.OptionalText(LayerArguments.Name) is { } name) return name;
        string candidate = layer.Descriptor.Name;
        for (int i = 1; !_taken.Add(candidate); i++) candidate = $"{layer.Descriptor.Name}_{i}";
        return candidate;
    }
}

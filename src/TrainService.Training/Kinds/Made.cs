using TrainService.Specification;
using TrainService.Training.Compilation;
using TrainService.Training.Models;

namespace TrainService.Training.Kinds;

/// <summary>Components that a kind puts into a job by itself: every default filled in.</summary>
internal static class Made
{
    /// <param name="place">Where the client finds what it was made of or for.</param>
    public static ComponentValue Layer(string type, string? name, string place, params ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        ComponentValue layer = JobVocabulary.All.WithDefaults("layer", type) with { Place = place };
        foreach ((string argument, object? value) in arguments) layer = With(layer, argument, value);
        return InOrder(name is null ? layer : With(layer, LayerArguments.Name, name));
    }

    // Written as it would be after being read: a resolved job, resolved once more, is the same text.
    private static ComponentValue InOrder(ComponentValue layer)
    {
        var values = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (ArgumentSpec argument in JobVocabulary.All["layer"].ArgumentsOf(layer.Descriptor))
            if (layer.Arguments.Values.TryGetValue(argument.Name, out object? value))
                values[argument.Name] = value;
        return layer with { Arguments = new Arguments(values) };
    }

    public static ComponentValue Activation(string name) => JobVocabulary.All.WithDefaults("activation", name);

    public static ComponentValue Initializer(string? activation) => JobVocabulary.All.WithDefaults("initializer", ModelDefaults.InitializerFor(activation));

    public static ComponentValue Loss(string name, params ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        ComponentValue loss = JobVocabulary.All.WithDefaults("loss", name);
        foreach ((string argument, object? value) in arguments) loss = With(loss, argument, value);
        return loss;
    }

    public static ComponentValue Sequential(IReadOnlyList<ComponentValue> layers)
        => new(SequentialModel.Descriptor, new Arguments(new OrderedDictionary<string, object?> { [SequentialModel.Layers] = layers }));

    public static ComponentValue Graph(IReadOnlyList<ComponentValue> layers, string output)
        => new(FunctionalModel.Descriptor, new Arguments(new OrderedDictionary<string, object?> { [FunctionalModel.Layers] = layers, [FunctionalModel.Outputs] = new[] { output } }));

    public static ComponentValue With(ComponentValue component, string name, object? value) => component with { Arguments = component.Arguments.With(name, value) };
}

using TrainService.Specification;

namespace TrainService.Training.Models;

/// <summary>
/// Start values for the layers of a graph that leave them open: by the activation that the layer's output goes through, as far as just one layer
/// takes it. No activation is put in: in a graph a layer without one is usually meant.
/// </summary>
internal static class GraphDefaults
{
    private const string Kernel = "kernel_initializer";

    public static ComponentValue Fill(ComponentValue model, Vocabulary vocabulary)
    {
        ComponentValue[] layers = [.. model.Arguments.ValueList(FunctionalModel.Layers)];
        var names = new LayerNames(layers.Select(l => l.Arguments.OptionalText(LayerArguments.Name)));
        string[] own = [.. layers.Select(names.Of)];
        ILookup<string, ComponentValue> users = layers.SelectMany(l => InputsOf(l).Select(input => (input, l))).ToLookup(p => p.input, p => p.l, StringComparer.Ordinal);
        Dictionary<ComponentValue, string> nameOf = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < layers.Length; i++) nameOf[layers[i]] = own[i];
        ComponentValue[] filled = [.. layers.Select(layer => ModelDefaults.IsWeighted(layer) && !layer.Arguments.IsGiven(Kernel)
            ? layer with { Arguments = layer.Arguments.With(Kernel, vocabulary.WithDefaults("initializer", ModelDefaults.InitializerFor(ModelDefaults.ActivationAfter(Chain(layer), 0)))) }
            : layer)];
        return model with { Arguments = model.Arguments.With(FunctionalModel.Layers, filled) };

        // The layer and those behind it, as long as each has one user; no longer than the model, should its graph be a circle.
        List<ComponentValue> Chain(ComponentValue layer)
        {
            List<ComponentValue> chain = [layer];
            while (chain.Count <= layers.Length && users[nameOf[chain[^1]]].Take(2).ToArray() is [var next]) chain.Add(next);
            return chain;
        }
    }

    private static IReadOnlyList<string> InputsOf(ComponentValue layer)
        => layer.Arguments.Has(LayerArguments.Inputs) ? layer.Arguments.Texts(LayerArguments.Inputs) : [];
}

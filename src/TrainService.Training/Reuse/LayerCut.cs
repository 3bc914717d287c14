using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Models;

namespace TrainService.Training.Reuse;

/// <summary>The layers of a stored model as far as they are wanted, and new ones behind them.</summary>
/// <param name="stored">A plain model, sequential or functional.</param>
/// <param name="source">The network that it makes: its layers in order, each after its inputs.</param>
/// <param name="inputShape">Of the samples that it was trained on.</param>
/// <param name="asked">By <see cref="CheckpointModel"/>.</param>
internal sealed class LayerCut(ComponentValue stored, Network source, IReadOnlyList<int> inputShape, Arguments asked, SpecErrors errors)
{
    private readonly bool _graph = stored.Descriptor.Name == FunctionalModel.Descriptor.Name;
    private readonly string[] _all = [.. source.Layers.Select(l => l.Name)];

    /// <summary>Null when there were errors.</summary>
    public (ComponentValue Model, int Taken)? Make()
    {
        int before = errors.Count;
        HashSet<string> kept = Kept();
        if (errors.Count > before) return null;
        List<ComponentValue> layers = [.. Named().Where(l => kept.Contains(l.Name) || l.Layer.Descriptor.Name == InputMarker.Descriptor.Name).Select(l => l.Layer)];
        string last = _all.Last(kept.Contains);
        int taken = layers.Count;
        string output = AddNew(layers, last, [.. Named().Select(l => l.Name).Where(n => kept.Contains(n) || !_all.Contains(n, StringComparer.Ordinal))]);
        Freeze(layers, taken);
        if (errors.Count > before) return null;
        if (!_graph && ((ModelDefinition)stored.Create()).InputShape is null)
            layers[0] = With(layers[0], LayerArguments.InputShape, inputShape.Select(n => (long)n).ToArray());
        ComponentValue model = stored with { Arguments = stored.Arguments.With(SequentialModel.Layers, layers.ToArray()) };
        if (_graph) model = model with { Arguments = model.Arguments.With(FunctionalModel.Outputs, new[] { output }) };
        model = new WeightsFrom(asked.Text(CheckpointModel.From), [.. _all.Where(kept.Contains)]).Into(model);
        try
        {
            model.Create();
            return (model, taken);
        }
        catch (ArgumentException e)
        {
            errors.Add($"/model/{CheckpointModel.Append}", "conflict", ArgumentConflictException.Plain(e));
            return null;
        }
    }

    private static ComponentValue With(ComponentValue layer, string name, object? value) => layer with { Arguments = layer.Arguments.With(name, value) };

    /// <summary>The stored layers, their names written out, so that they stay whatever comes before or behind them.</summary>
    private IEnumerable<(string Name, ComponentValue Layer)> Named()
    {
        IReadOnlyList<ComponentValue> layers = stored.Arguments.ValueList(SequentialModel.Layers);
        var names = new LayerNames(layers.Select(l => l.Arguments.OptionalText(LayerArguments.Name)));
        foreach (ComponentValue layer in layers)
        {
            // Only real layers take a number of their type in a plain stack.
            if (!_graph && layer.Descriptor.Name == InputMarker.Descriptor.Name) yield return (layer.Arguments.OptionalText(LayerArguments.Name) ?? "", layer);
            else if (names.Of(layer) is var name) yield return (name, With(layer, LayerArguments.Name, name));
        }
    }

    private HashSet<string> Kept()
    {
        string? until = asked.OptionalText(CheckpointModel.Until);
        int drop = asked.OptionalInteger(CheckpointModel.DropLast) ?? 0;
        int end = _all.Length - 1 - drop;
        if (until is not null && asked.Has(CheckpointModel.DropLast))
            errors.Add($"/model/{CheckpointModel.DropLast}", "conflict", "Give either until or drop_last.", drop);
        else if (until is not null && (end = Array.IndexOf(_all, until)) < 0)
            errors.Add($"/model/{CheckpointModel.Until}", "unknown_layer", $"The checkpoint has no layer '{until}'. Its layers: {string.Join(", ", _all.Take(100))}.", until, NearestName.Of(until, _all));
        else if (end < 0)
            errors.Add($"/model/{CheckpointModel.DropLast}", "out_of_range", $"The checkpoint has {_all.Length} layers; at least one must stay.", drop);
        if (end < 0) return [];
        // In a graph: what leads to that layer, and nothing beside it.
        HashSet<string> kept = new(StringComparer.Ordinal) { _all[end] };
        for (int i = end; i >= 0; i--)
        {
            if (!kept.Contains(_all[i])) continue;
            kept.Add(source.Layers[i].Owner);
            foreach (int input in source.Layers[i].Inputs)
                if (input >= 0) kept.Add(_all[input]);
        }

        return kept;
    }

    /// <returns>Name of the last layer of all.</returns>
    private string AddNew(List<ComponentValue> layers, string last, HashSet<string> taken)
    {
        IReadOnlyList<ComponentValue> added = asked.ValueList(CheckpointModel.Append);
        var names = new LayerNames([.. taken, .. added.Select(l => l.Arguments.OptionalText(LayerArguments.Name))]);
        for (int i = 0; i < added.Count; i++)
        {
            string name = names.Of(added[i]);
            if (!taken.Add(name)) errors.Add($"/model/{CheckpointModel.Append}/{i}/{LayerArguments.Name}", "duplicate_name", $"There is a layer '{name}' already.", name);
            ComponentValue layer = With(added[i], LayerArguments.Name, name);
            if (_graph && !layer.Arguments.Has(LayerArguments.Inputs)) layer = With(layer, LayerArguments.Inputs, new[] { last });
            layers.Add(layer);
            last = name;
        }
        return last;
    }

    /// <summary>Layers that are taken, by their freeze; new ones say for themselves whether they learn, or are named.</summary>
    private void Freeze(List<ComponentValue> layers, int taken)
    {
        if (!asked.Has(CheckpointModel.Freeze)) return;
        string[] names = [.. layers.Select(l => l.Arguments.OptionalText(LayerArguments.Name) ?? "")];
        var selection = new LayerSelection(names, names[..taken]);
        IReadOnlyList<string> patterns = asked.Texts(CheckpointModel.Freeze);
        var frozen = new HashSet<string>(StringComparer.Ordinal);
        for (int k = 0; k < patterns.Count; k++)
        {
            IReadOnlyList<string> found = selection.ToFreeze(patterns[k]);
            if (found.Count == 0) errors.Add(Freezing.Missing($"/model/{CheckpointModel.Freeze}/{k}", patterns[k], names));
            frozen.UnionWith(found);
        }
        for (int i = 0; i < layers.Count; i++)
            if (i < taken || frozen.Contains(names[i]))
                layers[i] = With(layers[i], LayerArguments.Trainable, !frozen.Contains(names[i]));
    }
}

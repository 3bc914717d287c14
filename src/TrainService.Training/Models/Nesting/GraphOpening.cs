using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Models.Nesting;

/// <summary>
/// Opens the models among the layers of a model, so that one list of layers is left. Layers of an opened model keep their names, unless one is taken:
/// then the model's name and a dot come before it. Further calls of a layer become layers of type shared.
/// </summary>
internal sealed class GraphOpening(SpecReader reader, IReadOnlyList<GraphEntry> entries)
{
    /// <summary>Far beyond any real network; models within models multiply.</summary>
    private const int MostLayers = 4096;

    private readonly Dictionary<string, GraphEntry> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _firstCall = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<GraphEntry, Dictionary<string, string>> _names = new(ReferenceEqualityComparer.Instance);
    private readonly List<ComponentValue> _layers = [];

    /// <returns>Null when there were errors.</returns>
    public FlatModel? Open(IReadOnlyList<TensorReference> inputs, IReadOnlyList<TensorReference> outputs)
    {
        int before = reader.Errors.Count;
        foreach (GraphEntry entry in entries)
            if (!_byName.TryAdd(entry.Name, entry))
                reader.Errors.Add($"{entry.Place}/name", "duplicate_name", $"Two layers are named '{entry.Name}'.", entry.Name);
        foreach (TensorReference used in entries.SelectMany(e => e.Calls).SelectMany(c => c.Inputs).Concat(outputs)) NoteCall(used);
        Name();
        foreach (GraphEntry entry in entries)
        {
            if (_layers.Count > MostLayers) break;
            for (int call = 0; call < entry.Calls.Count; call++) Add(entry, call);
        }

        if (_layers.Count > MostLayers) reader.Errors.Add("/model", "too_large", $"The model has more than {MostLayers} layers once all models in it are opened.");
        string[] puts = [.. outputs.Select(Resolve).OfType<string>()];
        GraphEntry[] ins = inputs.Count > 0 ? [.. inputs.Select(Input).OfType<GraphEntry>()] : [.. entries.Where(e => e.IsInput)];
        return reader.Errors.Count > before ? null
            : new FlatModel([.. ins.Select(e => new FlatInput(e.Name, FlatModel.Named(e.Layer!, e.Name, null)))], _layers, puts);
    }

    private GraphEntry? Input(TensorReference named)
    {
        if (_byName.TryGetValue(named.Entry, out GraphEntry? entry) && entry.IsInput) return entry;
        reader.Errors.Add(named.Place, "unknown_layer", $"There is no input '{named.Entry}'.", named.Entry, NearestName.Of(named.Entry, entries.Where(e => e.IsInput).Select(e => e.Name)));
        return null;
    }

    // Keras counts a model's calls from 1 where its own definition is call 0.
    private void NoteCall(TensorReference used)
    {
        if (_byName.TryGetValue(used.Entry, out GraphEntry? entry) && entry is { Model: not null } && used.Call >= entry.Calls.Count) _firstCall[used.Entry] = 1;
    }

    private void Name()
    {
        foreach (GraphEntry entry in entries)
            if (entry.Model is null) _taken.Add(entry.Name);
        foreach (GraphEntry entry in entries)
        {
            if (entry.Model is not { } model) continue;
            Dictionary<string, string> names = new(StringComparer.Ordinal);
            foreach (string inner in model.Layers.Select(l => l.Arguments.Text(LayerArguments.Name)))
            {
                string name = inner;
                for (int i = 1; !_taken.Add(name); i++) name = i == 1 ? $"{entry.Name}.{inner}" : $"{entry.Name}.{inner}_{i}";
                names[inner] = name;
            }

            _names[entry] = names;
        }
    }

    private void Add(GraphEntry entry, int call)
    {
        GraphCall made = entry.Calls[call];
        string?[] inputs = [.. made.Inputs.Select(Resolve)];
        if (inputs.Contains(null)) return;
        if (entry.Layer is { } layer)
        {
            string name = NameOf(entry, entry.Name, call);
            ComponentValue value = call == 0 ? Frozen(layer, entry) : Shared(layer, entry.Name);
            if (Called(value, made, entry) is { } ready) _layers.Add(FlatModel.Named(ready, name, inputs!));
            return;
        }

        if (inputs.Length != entry.Model!.Inputs.Count)
        {
            reader.Errors.Add(made.Place, "conflict", $"The model '{entry.Name}' takes {entry.Model.Inputs.Count} inputs, got {inputs.Length}.", inputs.Length);
            return;
        }

        foreach (ComponentValue inner in entry.Model.Layers)
        {
            string own = inner.Arguments.Text(LayerArguments.Name);
            ComponentValue value = call == 0 ? Frozen(inner, entry) : inner.Descriptor.Name == SharedMarker.Descriptor.Name
                ? Shared(inner, _names[entry][inner.Arguments.Text(SharedMarker.LayerKey)]) : Shared(inner, _names[entry][own]);
            if (call == 0 && inner.Descriptor.Name == SharedMarker.Descriptor.Name) value = Shared(inner, _names[entry][inner.Arguments.Text(SharedMarker.LayerKey)]);
            if (Called(value, made, entry) is not { } ready) return;
            _layers.Add(FlatModel.Named(ready, NameOf(entry, _names[entry][own], call),
                [.. inner.Arguments.Texts(LayerArguments.Inputs).Select(i => Inner(entry, call, i, inputs!))]));
        }
    }

    /// <summary>A name inside of an opened model, as it is called outside.</summary>
    private string Inner(GraphEntry entry, int call, string name, string[] inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
            if (entry.Model!.Inputs[i].Name == name)
                return inputs[i];
        return NameOf(entry, _names[entry][name], call);
    }

    private string? Resolve(TensorReference used)
    {
        if (!_byName.TryGetValue(used.Entry, out GraphEntry? entry))
        {
            reader.Errors.Add(used.Place, "unknown_layer", $"There is no layer '{used.Entry}'.", used.Entry, NearestName.Of(used.Entry, _byName.Keys));
            return null;
        }

        if (entry.IsInput) return entry.Name;
        int call = used.Call - _firstCall.GetValueOrDefault(used.Entry), outputs = entry.Model?.Outputs.Count ?? 1;
        if (call < 0 || call >= entry.Calls.Count || used.Output < 0 || used.Output >= outputs)
        {
            reader.Errors.Add(used.Place, "unknown_layer", $"'{used.Entry}' has no output {used.Output} of call {used.Call}.", used.Entry);
            return null;
        }

        if (entry.Model is not { } model) return NameOf(entry, entry.Name, call);
        string output = model.Outputs[used.Output];
        int passed = model.Inputs.ToList().FindIndex(i => i.Name == output);
        // A model that hands an input on.
        return passed < 0 ? NameOf(entry, _names[entry][output], call) : Resolve(entry.Calls[call].Inputs[passed]);
    }

    private static string NameOf(GraphEntry entry, string name, int call)
        => call == 0 ? name : entry is { Model: null } && entry.Calls[call].Name is { } own ? own : $"{name}.{call + 1}";

    private ComponentValue Shared(ComponentValue layer, string owner)
    {
        ComponentValue marker = reader.Vocabulary.WithDefaults("layer", SharedMarker.Descriptor.Name);
        // A layer without weights of its own is simply there once more.
        bool weightless = layer.Descriptor.Name != SharedMarker.Descriptor.Name && !layer.Descriptor.Arguments.Any(a => a.Name.EndsWith("_initializer", StringComparison.Ordinal));
        return weightless ? layer : marker with { Arguments = marker.Arguments.With(SharedMarker.LayerKey, owner), Place = layer.Place };
    }

    private static ComponentValue Frozen(ComponentValue layer, GraphEntry entry)
        => entry.Trainable ? layer : layer with { Arguments = layer.Arguments.With(LayerArguments.Trainable, false) };

    /// <summary>The layer as a call with <c>training</c> wants it; null when that can't be had.</summary>
    private ComponentValue? Called(ComponentValue layer, GraphCall call, GraphEntry entry)
    {
        if (call.Training is not { } training) return layer;
        string type = layer.Descriptor.Name;
        bool noise = layer.Descriptor.Arguments.Any(a => a.Name is "rate" or "stddev");
        if (noise && !training) return layer with { Arguments = layer.Arguments.With(layer.Arguments.Has("rate") ? "rate" : "stddev", 0.0) };
        bool differs = noise || type is "batch_normalization" or "rrelu";
        // A frozen batch normalization runs in inference mode anyway.
        if (!differs || (!training && !(layer.Arguments.Has(LayerArguments.Trainable) && layer.Arguments.Flag(LayerArguments.Trainable)))) return layer;
        reader.Errors.Add(call.Place, "unsupported", training
            ? $"'{entry.Name}' is called with training=True, which keeps dropout and batch statistics on when predicting: leave it out, and predict with mc_samples."
            : $"'{entry.Name}' is called with training=False while its batch normalization learns: freeze it (trainable: false), which has the same effect on its statistics.");
        return null;
    }
}

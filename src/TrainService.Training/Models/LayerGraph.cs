using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Layers.Ports;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors;

namespace TrainService.Training.Models;

/// <summary>Layers that name their inputs, put into an order in which each comes after them; what cannot be is a fault at its place.</summary>
internal sealed class LayerGraph
{
    private readonly IReadOnlyList<ComponentValue> _layers;
    private readonly IReadOnlyList<string> _outputs;
    private readonly string[] _names;
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly List<SpecError> _faults = [];
    private readonly List<int> _order = [];

    public LayerGraph(IReadOnlyList<ComponentValue> layers, IReadOnlyList<string> outputs)
    {
        (_layers, _outputs) = (layers, outputs);
        var names = new LayerNames(layers.Select(l => l.Arguments.OptionalText(LayerArguments.Name)));
        _names = [.. layers.Select(names.Of)];
    }

    public ModelDefinition Define()
    {
        for (int i = 0; i < _names.Length; i++)
            if (!_byName.TryAdd(_names[i], i))
                Fault($"{Place(i)}/name", "duplicate_name", $"Two layers are named '{_names[i]}'.", _names[i]);
        int[] inputs = FindInputs();
        CheckInputs();
        int[] outputs = FindOutputs();
        if (_faults.Count == 0) Sort();
        if (_faults.Count == 0) FindUnused(outputs);
        if (_faults.Count > 0) return new ModelDefinition([], null) { Faults = _faults };
        if (inputs.Length > 1 || outputs.Length > 1) return WithPorts(inputs, outputs);
        int input = inputs[0];
        return new ModelDefinition([.. _order.Where(i => i != input).Select(Node)], ((InputMarker)_layers[input].Create()).Shape)
        {
            InputName = _names[input],
            InputPointer = $"{Place(input)}/shape",
        };
    }

    /// <summary>Several inputs are parts of one row that comes in, several outputs parts of one that goes out.</summary>
    private ModelDefinition WithPorts(int[] inputs, int[] outputs)
    {
        List<ModelNode> nodes = [];
        int offset = 0;
        bool known = true;
        foreach (int i in inputs)
        {
            var marker = (InputMarker)_layers[i].Create();
            Shape shape = new([.. marker.Shape]);
            IReadOnlyList<int> take = marker.Take ?? [.. Enumerable.Range(offset, checked((int)shape.Size))];
            known &= marker.Take is null;
            offset = checked(offset + (int)shape.Size);
            nodes.Add(new ModelNode(i, _layers[i], new LayerNode(_names[i], new InputPort(shape, take), [ModelDefinition.Row])));
        }

        nodes.AddRange(_order.Where(i => !inputs.Contains(i)).Select(Node));
        if (outputs.Length > 1) nodes.Add(new ModelNode(outputs[0], _layers[outputs[0]], new LayerNode(ModelDefinition.Outputs, new OutputPorts(), [.. outputs.Select(o => _names[o])])));
        return new ModelDefinition(nodes, known ? [offset] : null) { InputName = ModelDefinition.Row, InputPointer = $"{Place(inputs[0])}/shape" };
    }

    private string Place(int layer) => _layers[layer].Place ?? $"/model/layers/{layer}";

    private static bool IsInput(ComponentValue layer) => layer.Descriptor.Name == InputMarker.Descriptor.Name;

    private IReadOnlyList<string> InputsOf(int layer) => _layers[layer].Arguments.Has(LayerArguments.Inputs) ? _layers[layer].Arguments.Texts(LayerArguments.Inputs) : [];

    private ModelNode Node(int i)
    {
        ComponentValue layer = SharedBy(i) is { } owner ? _layers[_byName[owner]] : _layers[i];
        return new ModelNode(i, layer with { Place = _layers[i].Place }, new LayerNode(_names[i], (Layer)layer.Create(), InputsOf(i))
        {
            Trainable = layer.Arguments.Flag(LayerArguments.Trainable), SharedWith = SharedBy(i),
        });
    }

    /// <summary>Name of the layer that this one calls again; null when it is a layer of its own.</summary>
    private string? SharedBy(int i) => _layers[i].Descriptor.Name == SharedMarker.Descriptor.Name ? _layers[i].Arguments.Text(SharedMarker.LayerKey) : null;

    /// <summary>What has to come before a layer: its inputs, and the layer whose weights it uses.</summary>
    private IReadOnlyList<string> NeedsOf(int i) => SharedBy(i) is { } owner ? [.. InputsOf(i), owner] : InputsOf(i);

    private int[] FindInputs()
    {
        int[] inputs = [.. Enumerable.Range(0, _layers.Count).Where(i => IsInput(_layers[i]))];
        if (inputs.Length == 0) Fault("/model/layers", "required", "A functional model needs a layer of type \"input\" with the shape of one sample.");
        return inputs;
    }

    private int[] FindOutputs()
    {
        int[] found = new int[_outputs.Count];
        for (int i = 0; i < found.Length; i++)
        {
            string place = $"/model/outputs/{i}";
            if (!_byName.TryGetValue(_outputs[i], out found[i])) Unknown(place, _outputs[i]);
            else if (IsInput(_layers[found[i]])) Fault(place, "conflict", "The output is the input: a model needs a layer that computes something.", _outputs[i]);
            else if (Array.IndexOf(found, found[i]) < i) Fault(place, "conflict", "The layer is put out already.", _outputs[i]);
        }

        return found;
    }

    private void CheckInputs()
    {
        for (int i = 0; i < _layers.Count; i++)
        {
            IReadOnlyList<string> inputs = InputsOf(i);
            if (_layers[i].Arguments.Has(LayerArguments.InputShape)) Fault($"{Place(i)}/input_shape", "conflict", "In a functional model the layer of type \"input\" says the shape.");
            if (IsInput(_layers[i]))
            {
                if (inputs.Count > 0) Fault($"{Place(i)}/inputs", "conflict", "A layer of type \"input\" takes no inputs.");
            }
            else if (inputs.Count == 0)
            {
                Fault($"{Place(i)}/inputs", "required", $"In a functional model every layer names its inputs; '{_names[i]}' names none.");
            }

            for (int k = 0; k < inputs.Count; k++)
                if (!_byName.ContainsKey(inputs[k]))
                    Unknown($"{Place(i)}/inputs/{k}", inputs[k]);
            if (SharedBy(i) is not { } owner) continue;
            if (!_byName.TryGetValue(owner, out int shared)) Unknown($"{Place(i)}/{SharedMarker.LayerKey}", owner);
            else if (IsInput(_layers[shared]) || SharedBy(shared) is not null)
                Fault($"{Place(i)}/{SharedMarker.LayerKey}", "conflict", $"'{owner}' is no layer with weights of its own.", owner);
        }
    }

    /// <summary>Takes the layers as they stand wherever that works: each after its inputs (depth first, without recursion, however deep the graph).</summary>
    private void Sort()
    {
        int[] next = new int[_layers.Count];
        bool[] done = new bool[_layers.Count], open = new bool[_layers.Count];
        var path = new Stack<int>();
        for (int start = 0; start < _layers.Count; start++)
        {
            if (!done[start]) Push(start);
            while (path.TryPeek(out int i))
            {
                IReadOnlyList<string> inputs = NeedsOf(i);
                if (next[i] == inputs.Count)
                {
                    path.Pop();
                    (done[i], open[i]) = (true, false);
                    _order.Add(i);
                    continue;
                }

                int source = _byName[inputs[next[i]++]];
                if (open[source])
                {
                    Fault($"{Place(i)}/inputs/{next[i] - 1}", "cycle", $"'{_names[i]}' takes its input from '{_names[source]}', which takes its own from '{_names[i]}', directly or through others.", _names[source]);
                    return;
                }

                if (!done[source]) Push(source);
            }
        }

        void Push(int i)
        {
            open[i] = true;
            path.Push(i);
        }
    }

    private void FindUnused(int[] outputs)
    {
        bool[] used = new bool[_layers.Count];
        foreach (int output in outputs) used[output] = true;
        // Backwards through the order: whoever uses a layer has been seen before it.
        for (int k = _order.Count - 1; k >= 0; k--)
            if (used[_order[k]])
                foreach (string name in NeedsOf(_order[k]))
                    used[_byName[name]] = true;
        for (int i = 0; i < used.Length; i++)
            if (!used[i])
                Fault(Place(i), "unused_layer", $"Nothing leads from '{_names[i]}' to the output '{string.Join("', '", outputs.Select(o => _names[o]))}'.", _names[i]);
    }

    private void Unknown(string pointer, string name)
        => Fault(pointer, "unknown_layer", $"There is no layer '{name}'.", name, NearestName.Of(name, _names));

    private void Fault(string pointer, string code, string detail, string? got = null, string? near = null)
    {
        if (_faults.Count < SpecErrors.Limit) _faults.Add(new SpecError(pointer, code, detail, got, near));
    }
}

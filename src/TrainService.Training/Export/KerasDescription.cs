using System.Text.Json.Nodes;
using TrainService.Formats;
using TrainService.Formats.Keras;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Layers.Ports;
using TrainService.Specification;
using TrainService.Training.Models;

namespace TrainService.Training.Export;

/// <summary>Describes a model as Keras serializes it: a stack as Sequential, anything else as Functional.</summary>
/// <param name="model">What is described.</param>
/// <param name="old">As version 2 does, which both versions read from <c>.h5</c>.</param>
/// <param name="tfjs">For TensorFlow.js: only what it has, and nothing that is for training alone.</param>
internal sealed class KerasDescription(ExportedModel model, bool old, bool tfjs = false)
{
    private static readonly HashSet<string> Common = new(LayerArguments.Common.Select(a => a.Name), StringComparer.Ordinal);

    /// <summary>Arguments that are one number for both axes here, and always two there.</summary>
    private static readonly HashSet<string> Pairs = new(StringComparer.Ordinal) { "kernel_size", "strides", "dilation_rate", "pool_size", "size" };

    private readonly KerasValues _values = new(old);
    private readonly Dictionary<string, KerasGraphLayer> _activations = new(StringComparer.Ordinal);
    private readonly List<KerasCall> _outputs = [];
    private List<KerasGraphLayer> _inputs = [];

    /// <summary>The inputs, in the model's order; after <see cref="InOrder"/>.</summary>
    public IReadOnlyList<KerasGraphLayer> Inputs => _inputs;

    /// <summary>Which call of which layer each output is, in order; after <see cref="InOrder"/>.</summary>
    public IReadOnlyList<KerasCall> Outputs => _outputs;

    /// <exception cref="ExportException">Keras has nothing like one of its layers.</exception>
    public KerasModel Make()
    {
        List<KerasGraphLayer> layers = InOrder();
        JsonObject description = model.IsStack ? Sequential(layers) : Functional(layers);
        // Sequential does not count its input among its layers.
        return new KerasModel(description, [.. layers.Where(l => !(model.IsStack && l.ClassName == "InputLayer"))
            .Select(l => new KerasLayer(l.ClassName, l.Name, l.Source is { Layer: not IFitted } source ? TensorsOf(source) : []))]);
    }

    // Version 2 had a longer name for this one.
    private IReadOnlyList<NamedArray> TensorsOf(NetworkLayer layer)
        => [.. model.TensorsOf(layer).Select(t => old && layer.Layer.TypeName == "depthwise_conv2d" && t.Name == "kernel" ? t.As("depthwise_kernel") : t)];

    /// <summary>The layers as Keras lists them, the input among them.</summary>
    /// <exception cref="ExportException">Keras has nothing like one of its layers.</exception>
    public List<KerasGraphLayer> InOrder()
    {
        Dictionary<string, KerasGraphLayer> layers = new(StringComparer.Ordinal);
        Dictionary<string, KerasCall> outputs = new(StringComparer.Ordinal);
        if (model.Network.Layers.Any(l => l.Layer is InputPort) && model.Network.Layers.Any(l => l.Layer is not (InputPort or OutputPorts) && l.Inputs.Contains(-1)))
            throw new ExportException("A layer takes the whole row beside the model's inputs.");
        _inputs = [.. model.Ports.Inputs.Select(Input)];
        foreach (KerasGraphLayer input in _inputs)
        {
            layers.Add(input.Name, input);
            outputs.Add(input.Name, new KerasCall(input.Name, 0));
        }
        Dictionary<string, ModelNode> nodes = model.Definition.Nodes.ToDictionary(n => n.Node.Name, StringComparer.Ordinal);
        foreach (NetworkLayer layer in model.Network.Layers)
        {
            if (layer.Layer is InputPort or OutputPorts) continue;
            KerasCall[] inputs = [.. layer.Inputs.Select(i => i < 0 ? new KerasCall(_inputs[0].Name, 0) : outputs[model.Network.Layers[i].Name])];
            KerasGraphLayer made = Layer(layer, nodes[layer.Name].Value, inputs, layers, out KerasCall[] taken);
            outputs[layer.Name] = AddCall(made, taken, layer);
            if (_activations.TryGetValue(made.Name, out KerasGraphLayer? activation)) outputs[layer.Name] = AddCall(activation, [outputs[layer.Name]], layer);
        }
        _outputs.AddRange(model.Ports.Outputs.Select(o => outputs[o.Name]));
        return KerasOrder.Of(layers, _outputs);
    }

    private KerasGraphLayer Input(ExportedPort port)
    {
        var input = new KerasGraphLayer(port.Name, "InputLayer", new JsonObject { [old ? "batch_input_shape" : "batch_shape"] = Batch(port.Shape), ["sparse"] = false }, true, null);
        input.Calls.Add([]);
        input.Shapes.Add(port.Shape);
        return input;
    }

    private static KerasCall AddCall(KerasGraphLayer made, KerasCall[] inputs, NetworkLayer layer)
    {
        made.Calls.Add(inputs);
        made.Shapes.Add([.. layer.OutputShape.Axes]);
        return new KerasCall(made.Name, made.Calls.Count - 1);
    }

    private KerasGraphLayer Layer(NetworkLayer layer, ComponentValue value, KerasCall[] inputs, Dictionary<string, KerasGraphLayer> layers, out KerasCall[] taken)
    {
        taken = inputs;
        if (layer.Node.SharedWith is { } owner && layers.TryGetValue(owner, out KerasGraphLayer? shared)) return shared;
        string type = value.Descriptor.Name;
        KerasGraphLayer made;
        if (type == "scaled_add")
        {
            // x + scale · y: Keras has no such layer outside of one network's own code.
            var scaled = new KerasGraphLayer($"{layer.Name}_scale", "Rescaling", new JsonObject { ["scale"] = value.Arguments.Number("scale"), ["offset"] = 0.0 }, true, null);
            if (!layers.TryAdd(scaled.Name, scaled)) throw new ExportException($"'{layer.Name}' needs a layer '{scaled.Name}' beside it, but that name is taken.");
            scaled.Calls.Add([inputs[1]]);
            scaled.Shapes.Add([.. layer.OutputShape.Axes]);
            taken = [inputs[0], new KerasCall(scaled.Name, 0)];
            made = new KerasGraphLayer(layer.Name, "Add", [], layer.Node.Trainable, null);
        }
        else
        {
            made = new KerasGraphLayer(layer.Name, value.Descriptor.KerasName ?? "Activation", ConfigOf(value, layer), layer.Node.Trainable, layer);
        }
        if (tfjs) made = TfjsLayers.Fit(made);
        if (!layers.TryAdd(made.Name, made)) throw new ExportException($"The name '{made.Name}' is taken twice.");
        if (old && made.Config["activation"] is JsonObject activation) PutBehind(made, activation, layers);
        return made;
    }

    /// <summary>The older form knows activations by name only: one with arguments becomes a layer behind the one that has it.</summary>
    private void PutBehind(KerasGraphLayer layer, JsonObject activation, Dictionary<string, KerasGraphLayer> layers)
    {
        JsonObject config = activation["config"]!.DeepClone().AsObject();
        config.Remove("name");
        layer.Config["activation"] = "linear";
        var behind = new KerasGraphLayer($"{layer.Name}_activation", activation["class_name"]!.GetValue<string>(), config, true, null);
        if (!layers.TryAdd(behind.Name, behind)) throw new ExportException($"'{layer.Name}' needs a layer '{behind.Name}' behind it, but that name is taken.");
        _activations.Add(layer.Name, behind);
    }

    private JsonObject ConfigOf(ComponentValue value, NetworkLayer layer)
    {
        string place = $"Layer '{layer.Name}' ({value.Descriptor.Name})";
        if (value.Descriptor.KerasName is null)
        {
            // An activation as a layer, of those that Keras has as a function only.
            if (Compilation.JobVocabulary.All["activation"].Find(value.Descriptor.Name) is not { } activation) throw new ExportException($"{place}: Keras has no such layer.");
            var arguments = new OrderedDictionary<string, object?>(value.Arguments.Values.Where(a => !Common.Contains(a.Key)), StringComparer.Ordinal);
            return new JsonObject { ["activation"] = _values.Write(new ComponentValue(activation, new Arguments(arguments)), "activation", place) };
        }
        var config = new JsonObject();
        bool image = layer.InputShapes[0].Rank == 3;
        foreach (ArgumentSpec spec in value.Descriptor.Arguments)
        {
            // Keras's Cropping1D alone does not take a format.
            if (spec.Name == "data_format" && value.Descriptor.KerasName == "Cropping1D") continue;
            if (Common.Contains(spec.Name) || !value.Arguments.Values.TryGetValue(spec.Name, out object? given)) continue;
            if (image && Pairs.Contains(spec.Name) && given is IReadOnlyList<long> { Count: 1 } one) given = new[] { one[0], one[0] };
            if (value.Descriptor.KerasName == "Dot" && given is IReadOnlyList<long> { Count: 1 } axis) given = axis[0];
            string key = old && value.Descriptor.KerasName == "LeakyReLU" && spec.Name == "negative_slope" ? "alpha" : spec.Name;
            config[key] = _values.Write(given, spec.Category ?? "", place);
        }
        // What was fitted stands in the description: Keras then has no weights for it.
        if (layer.Layer is IFitted)
            foreach (NamedArray tensor in model.TensorsOf(layer)) config[tensor.Name] = new JsonArray([.. tensor.ToSingles().Select(n => (JsonNode?)n)]);
        return config;
    }

    private JsonObject Serialized(KerasGraphLayer layer)
    {
        var config = new JsonObject { ["name"] = layer.Name, ["dtype"] = "float32" };
        // Not all of Keras's layers without weights take it.
        if (layer.Source is { Parameters.Count: > 0 }) config["trainable"] = layer.Trainable;
        foreach ((string key, JsonNode? value) in layer.Config) config[key] = value?.DeepClone();
        return _values.Object("keras.layers", layer.ClassName, config);
    }

    private JsonObject Sequential(List<KerasGraphLayer> layers)
    {
        var config = new JsonObject { ["name"] = model.Name };
        if (!old) (config["trainable"], config["dtype"]) = (true, "float32");
        config["layers"] = new JsonArray([.. layers.Select(l => (JsonNode?)Serialized(l))]);
        int[] shape = [.. model.Network.InputShape.Axes];
        if (!old) config["build_input_shape"] = Batch(shape);
        JsonObject description = _values.Object("keras", "Sequential", config);
        if (!old) description["build_config"] = new JsonObject { ["input_shape"] = Batch(shape) };
        return description;
    }

    private JsonObject Functional(List<KerasGraphLayer> layers)
    {
        Dictionary<string, KerasGraphLayer> byName = layers.ToDictionary(l => l.Name, StringComparer.Ordinal);
        var list = new JsonArray();
        foreach (KerasGraphLayer layer in layers)
        {
            JsonObject written = Serialized(layer);
            written["name"] = layer.Name;
            written["inbound_nodes"] = new JsonArray([.. layer.Calls.Where(c => c.Count > 0).Select(c => (JsonNode?)(old ? OldNode(c) : Node(c, byName)))]);
            list.Add(written);
        }
        var config = new JsonObject { ["name"] = model.Name };
        if (!old) config["trainable"] = true;
        config["layers"] = list;
        config["input_layers"] = new JsonArray([.. _inputs.Select(i => (JsonNode?)new JsonArray(i.Name, 0, 0))]);
        config["output_layers"] = new JsonArray([.. _outputs.Select(o => (JsonNode?)new JsonArray(o.Layer, o.Index, 0))]);
        JsonObject description = _values.Object("keras.src.models.functional", "Functional", config);
        if (!old) (description["registered_name"], description["build_config"]) = ("Functional", new JsonObject { ["input_shape"] = _inputs is [var one] ? Batch(one.Shapes[0]) : new JsonArray([.. _inputs.Select(i => (JsonNode?)Batch(i.Shapes[0]))]) });
        return description;
    }

    private static JsonArray OldNode(IReadOnlyList<KerasCall> inputs) => [.. inputs.Select(i => (JsonNode?)new JsonArray(i.Layer, i.Index, 0, new JsonObject()))];

    private static JsonObject Node(IReadOnlyList<KerasCall> inputs, Dictionary<string, KerasGraphLayer> layers)
    {
        JsonNode?[] tensors = [.. inputs.Select(i => (JsonNode?)new JsonObject
        {
            ["class_name"] = "__keras_tensor__",
            ["config"] = new JsonObject
            {
                ["shape"] = Batch(layers[i.Layer].Shapes[i.Index]), ["dtype"] = "float32", ["keras_history"] = new JsonArray(i.Layer, i.Index, 0),
            },
        })];
        // One tensor is the argument itself; several are one argument, a list of them.
        return new JsonObject { ["args"] = tensors.Length == 1 ? new JsonArray(tensors) : new JsonArray(new JsonArray(tensors)), ["kwargs"] = new JsonObject() };
    }

    private static JsonArray Batch(IReadOnlyList<int> shape) => [null, .. shape.Select(n => (JsonNode?)n)];
}

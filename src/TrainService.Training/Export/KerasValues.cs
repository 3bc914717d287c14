using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.NeuralNet.Activations;
using TrainService.Specification;

namespace TrainService.Training.Export;

/// <summary>Arguments as Keras serializes them. Their names are Keras's already.</summary>
/// <param name="old">In version 2's form: objects without module.</param>
internal sealed class KerasValues(bool old)
{
    private static readonly HashSet<string> Activations = new(StringComparer.Ordinal)
    {
        "linear", "relu", "leaky_relu", "relu6", "elu", "selu", "gelu", "swish", "mish", "softplus", "softsign", "sigmoid", "hard_sigmoid", "hard_swish", "tanh", "exponential", "softmax", "log_softmax",
    };

    /// <summary>Activations whose arguments only a layer of that name can say.</summary>
    private static readonly Dictionary<string, string> AsLayer = new(StringComparer.Ordinal) { ["relu"] = "ReLU", ["leaky_relu"] = "LeakyReLU", ["elu"] = "ELU" };

    /// <summary>An object with its class.</summary>
    public JsonObject Object(string module, string className, JsonObject config) => old
        ? new JsonObject { ["class_name"] = className, ["config"] = config }
        : new JsonObject { ["module"] = module, ["class_name"] = className, ["config"] = config, ["registered_name"] = null };

    /// <param name="place">Who asks, for the message.</param>
    public JsonNode? Write(object? value, string category, string place) => value switch
    {
        null => null,
        ComponentValue component => Component(component, category, place),
        long n => n,
        int n => n,
        double n => n,
        bool b => b,
        string s => s,
        IReadOnlyList<long> list => new JsonArray([.. list.Select(n => (JsonNode?)n)]),
        IReadOnlyList<double> list => new JsonArray([.. list.Select(n => (JsonNode?)n)]),
        JsonElement json => JsonSerializer.SerializeToNode(json),
        _ => throw new ExportException($"{place}: Keras has no way to say a {value.GetType().Name}."),
    };

    private JsonNode Component(ComponentValue component, string category, string place)
    {
        if (category == "activation") return Activation(component, place);
        if (component.Descriptor.KerasName is not { } name) throw new ExportException($"{place}: Keras has no {category} '{component.Descriptor.Name}'.");
        var config = new JsonObject();
        foreach ((string key, object? value) in component.Arguments.Values)
            config[key] = key == "axis" && value is IReadOnlyList<long> { Count: 1 } one ? one[0] : Write(value, category, place);
        if (category == "initializer" && name is not ("Zeros" or "Ones" or "Constant" or "Identity")) config["seed"] = null;
        return Object($"keras.{category}s", name, config);
    }

    private JsonNode Activation(ComponentValue activation, string place)
    {
        string name = activation.Descriptor.Name;
        // Version 2 reads this form too.
        if (old && name == HardSigmoidWidth.Activation && activation.Arguments.Number(HardSigmoidWidth.Key) == HardSigmoidWidth.Old) return name;
        if (old && name == HardSigmoidWidth.Activation) throw new ExportException($"{place}: up to version 2 Keras means another function by hard_sigmoid, clip(0.2 x + 0.5, 0, 1). Export it as {ExportOptions.Keras}, which version 3 alone reads.");
        bool plain = activation.Descriptor.Arguments.All(a => Equals(Number(activation.Arguments.Values.GetValueOrDefault(a.Name)), Number(a.Default)));
        if (plain && Activations.Contains(name)) return name;
        if (!AsLayer.TryGetValue(name, out string? layer)) throw new ExportException($"{place}: Keras has no activation '{name}'{(plain ? "" : " with these arguments")}.");
        var config = new JsonObject();
        foreach ((string key, object? value) in activation.Arguments.Values) config[old && name == "leaky_relu" ? "alpha" : key] = Write(value, "activation", place);
        config["name"] = name;
        return Object("keras.layers", layer, config);
    }

    private static object? Number(object? value) => value switch { int n => (double)n, long n => (double)n, _ => value };
}

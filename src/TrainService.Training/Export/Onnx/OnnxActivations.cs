using TrainService.Formats.Onnx;
using TrainService.Specification;

namespace TrainService.Training.Export.Onnx;

/// <summary>Activations as nodes.</summary>
internal static class OnnxActivations
{
    /// <param name="features">The axis that softmax adds up along, batch included: the channels.</param>
    public static string Write(OnnxLayer layer, ComponentValue activation, string x, int features)
    {
        Arguments a = activation.Arguments;
        switch (activation.Descriptor.Name)
        {
            case "linear": return x;
            case "relu": return Relu(layer, a, x);
            case "relu6": return Node("Clip", x, layer.Graph.Scalar($"{layer.Name}:min", 0), layer.Graph.Scalar($"{layer.Name}:max", 6));
            case "leaky_relu": return With("LeakyRelu", OnnxAttribute.Of("alpha", a.Single("negative_slope")));
            case "rrelu": return With("LeakyRelu", OnnxAttribute.Of("alpha", (a.Single("lower") + a.Single("upper")) / 2));
            case "elu": return With("Elu", OnnxAttribute.Of("alpha", a.Single("alpha")));
            case "selu": return Node("Selu", x);
            case "gelu": return a.Flag("approximate") ? TanhGelu(layer, x) : Gelu(layer, x);
            case "swish": return Node("Mul", x, Node("Sigmoid", x));
            case "mish": return Node("Mul", x, Node("Tanh", Node("Softplus", x)));
            case "softplus": return Node("Softplus", x);
            case "softsign": return Node("Softsign", x);
            case "sigmoid": return Node("Sigmoid", x);
            case "hard_sigmoid": return With("HardSigmoid", OnnxAttribute.Of("alpha", 1f / 6), OnnxAttribute.Of("beta", 0.5f));
            case "hard_swish": return Node("HardSwish", x);
            case "tanh": return Node("Tanh", x);
            case "exponential": return Node("Exp", x);
            case "softmax": return With("Softmax", OnnxAttribute.Of("axis", (long)features));
            case "log_softmax": return With("LogSoftmax", OnnxAttribute.Of("axis", (long)features));
            default: throw layer.Refuse($"ONNX has nothing like the activation {activation.Descriptor.Name}.");
        }

        string Node(string type, params string[] from) => layer.Node(type, activation.Descriptor.Name, from);

        string With(string type, params OnnxAttribute[] attributes) => layer.Node(type, activation.Descriptor.Name, [x], attributes);
    }

    /// <summary>max_value above, x between, negative_slope · (x - threshold) up to the threshold.</summary>
    private static string Relu(OnnxLayer layer, Arguments a, string x)
    {
        (float slope, float threshold, double? most) = (a.Single("negative_slope"), a.Single("threshold"), a.OptionalNumber("max_value"));
        if (threshold == 0 && slope == 0 && most is null) return layer.Node("Relu", "relu", [x]);
        if (threshold == 0 && slope == 0) return layer.Node("Clip", "relu", [x, layer.Graph.Scalar($"{layer.Name}:min", 0), layer.Graph.Scalar($"{layer.Name}:max", (float)most!.Value)]);
        if (threshold == 0 && most is null) return layer.Node("LeakyRelu", "relu", [x], OnnxAttribute.Of("alpha", slope));
        string above = layer.Node("ThresholdedRelu", "above", [x], OnnxAttribute.Of("alpha", threshold));
        if (most is { } limit) above = layer.Node("Clip", "limited", [above, "", layer.Graph.Scalar($"{layer.Name}:max", (float)limit)]);
        if (slope == 0) return above;
        string shifted = layer.Node("Sub", "shifted", [x, layer.Graph.Scalar($"{layer.Name}:threshold", threshold)]);
        string below = layer.Node("Mul", "below", [layer.Node("Min", "negative", [shifted, layer.Graph.Scalar($"{layer.Name}:zero", 0)]), layer.Graph.Scalar($"{layer.Name}:slope", slope)]);
        return layer.Node("Add", "relu", [above, below]);
    }

    /// <summary>x · (1 + erf(x / √2)) / 2: version 17 has no Gelu of its own.</summary>
    private static string Gelu(OnnxLayer layer, string x)
    {
        string inner = layer.Node("Erf", "erf", [layer.Node("Div", "scaled", [x, layer.Graph.Scalar($"{layer.Name}:sqrt2", MathF.Sqrt(2))])]);
        string sum = layer.Node("Add", "one_more", [inner, layer.Graph.Scalar($"{layer.Name}:one", 1)]);
        return layer.Node("Mul", "gelu", [layer.Node("Mul", "double", [x, sum]), layer.Graph.Scalar($"{layer.Name}:half", 0.5f)]);
    }

    /// <summary>x · (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.</summary>
    private static string TanhGelu(OnnxLayer layer, string x)
    {
        string cube = layer.Node("Mul", "cube", [x, layer.Node("Mul", "square", [x, x])]);
        string sum = layer.Node("Add", "bent", [x, layer.Node("Mul", "small", [cube, layer.Graph.Scalar($"{layer.Name}:share", 0.044715f)])]);
        string inner = layer.Node("Tanh", "tanh", [layer.Node("Mul", "scaled", [sum, layer.Graph.Scalar($"{layer.Name}:scale", MathF.Sqrt(2 / MathF.PI))])]);
        string more = layer.Node("Add", "one_more", [inner, layer.Graph.Scalar($"{layer.Name}:one", 1)]);
        return layer.Node("Mul", "gelu", [layer.Node("Mul", "double", [x, more]), layer.Graph.Scalar($"{layer.Name}:half", 0.5f)]);
    }
}

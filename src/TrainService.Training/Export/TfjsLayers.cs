using System.Text.Json.Nodes;

namespace TrainService.Training.Export;

/// <summary>Keras's layers as TensorFlow.js 4.22 has them, which is for using a network rather than training it.</summary>
internal static class TfjsLayers
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "InputLayer", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Conv1D", "Conv2D", "Conv2DTranspose", "SeparableConv2D", "DepthwiseConv2D", "Cropping2D", "UpSampling2D", "Dropout", "Dense", "Flatten",
        "Activation", "Reshape", "Permute", "Embedding", "Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot", "GaussianNoise", "GaussianDropout", "AlphaDropout", "BatchNormalization",
        "LayerNormalization", "ZeroPadding2D", "MaxPooling1D", "AveragePooling1D", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling1D", "GlobalMaxPooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling2D",
        "Rescaling", "Resizing",
    };

    // Its hard_sigmoid is the one of Keras 2, which is another function.
    private static readonly HashSet<string> Activations = new(StringComparer.Ordinal)
    {
        "linear", "relu", "relu6", "elu", "selu", "sigmoid", "softplus", "softsign", "tanh", "softmax", "gelu", "swish", "mish",
    };

    /// <exception cref="ExportException">There is none.</exception>
    public static KerasGraphLayer Fit(KerasGraphLayer layer)
    {
        // Which of them are dropped matters in training only.
        if (layer.ClassName is "SpatialDropout1D" or "SpatialDropout2D") layer = layer with { ClassName = "Dropout" };
        if (!Known.Contains(layer.ClassName)) throw new ExportException($"Layer '{layer.Name}': TensorFlow.js has no {layer.ClassName}.");
        if (layer.Config["activation"] is JsonValue name && !Activations.Contains(name.GetValue<string>())) throw new ExportException($"Layer '{layer.Name}': TensorFlow.js has no activation '{name}' as Keras 3 means it.");
        // It takes the word, and then does not pad.
        if (layer.Config["padding"] is JsonValue padding && padding.ToString() == "causal") throw new ExportException($"Layer '{layer.Name}': TensorFlow.js has no causal padding.");
        foreach (string key in layer.Config.Select(p => p.Key).Where(k => k.EndsWith("_initializer", StringComparison.Ordinal) || k.EndsWith("_regularizer", StringComparison.Ordinal) || k.EndsWith("_constraint", StringComparison.Ordinal)).ToArray())
            layer.Config.Remove(key);
        return layer;
    }
}

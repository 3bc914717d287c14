using TrainService.Specification;

namespace TrainService.Training.Models;

/// <summary>
/// What the layers of a model get that leave it open (vocabulary.md, section 10): ELU between two weighted layers, and start values that
/// suit the activation. Layers in Keras's serialized form leave nothing open.
/// </summary>
internal static class ModelDefaults
{
    private const string Activation = "activation", Kernel = "kernel_initializer";

    /// <summary>What stands between two layers without making more of them than one linear map.</summary>
    private static readonly HashSet<string> Transparent = new(StringComparer.Ordinal)
    {
        "flatten", "reshape", "permute", "dropout", "alpha_dropout", "spatial_dropout", "gaussian_dropout", "gaussian_noise",
    };

    private static readonly HashSet<string> Rectifiers = new(StringComparer.Ordinal)
    {
        "relu", "relu6", "leaky_relu", "prelu", "rrelu", "elu", "gelu", "gelu_tanh", "swish", "mish", "softplus", "hard_swish",
    };

    public static ComponentValue Fill(ComponentValue model, Vocabulary vocabulary)
    {
        if (model.Descriptor.Name == FunctionalModel.Descriptor.Name) return GraphDefaults.Fill(model, vocabulary);
        if (model.Descriptor.Name != SequentialModel.Descriptor.Name) return model;
        ComponentValue[] layers = [.. model.Arguments.ValueList(SequentialModel.Layers)];
        for (int i = 0; i < layers.Length; i++)
            if (IsWeighted(layers[i]) && !layers[i].Arguments.IsGiven(Activation) && Next(layers, i, skipNormalization: false) is { } next && IsWeighted(next))
                layers[i] = With(layers[i], Activation, vocabulary.WithDefaults("activation", "elu"));
        for (int i = 0; i < layers.Length; i++)
            if (IsWeighted(layers[i]) && !layers[i].Arguments.IsGiven(Kernel))
                layers[i] = With(layers[i], Kernel, vocabulary.WithDefaults("initializer", InitializerFor(ActivationAfter(layers, i))));
        return model with { Arguments = model.Arguments.With(SequentialModel.Layers, layers) };
    }

    /// <summary>He for the ReLU family, LeCun normal for SELU, Glorot for the others.</summary>
    public static string InitializerFor(string? activation) => activation switch
    {
        "selu" => "lecun_normal",
        not null when Rectifiers.Contains(activation) => "he_normal",
        _ => "glorot_uniform",
    };

    /// <summary>The activation that a weighted layer's output goes through: its own, or that of a layer soon after it.</summary>
    public static string? ActivationAfter(IReadOnlyList<ComponentValue> layers, int index)
    {
        if (layers[index].Arguments.OptionalValue(Activation) is { Descriptor.Name: not "linear" } own) return own.Descriptor.Name;
        return Next(layers, index, skipNormalization: true) switch
        {
            { Descriptor.Name: Activation } layer => layer.Arguments.OptionalValue(Activation)?.Descriptor.Name,
            { } layer when layer.Descriptor.Name == "selu" || Rectifiers.Contains(layer.Descriptor.Name) => layer.Descriptor.Name,
            _ => null,
        };
    }

    public static bool IsWeighted(ComponentValue layer) => layer.Descriptor.Arguments.Any(a => a.Name == Kernel) && layer.Descriptor.Arguments.Any(a => a.Name == Activation);

    private static ComponentValue? Next(IReadOnlyList<ComponentValue> layers, int index, bool skipNormalization)
        => layers.Skip(index + 1).FirstOrDefault(l => !Transparent.Contains(l.Descriptor.Name)
            && !(skipNormalization && l.Descriptor.Name.EndsWith("_normalization", StringComparison.Ordinal)));

    private static ComponentValue With(ComponentValue layer, string name, ComponentValue value) => layer with { Arguments = layer.Arguments.With(name, value) };
}

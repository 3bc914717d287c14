using TrainService.NeuralNet.Catalog;
using TrainService.Specification;

namespace TrainService.Architectures;

/// <summary>What every architecture can be asked for, under Keras's names.</summary>
public sealed record ArchitectureOptions
{
    /// <summary>With the classifier on top.</summary>
    public bool IncludeTop { get; init; } = true;

    /// <summary>Outputs of the classifier.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>[height, width, channels]; null for the network's own.</summary>
    public IReadOnlyList<int>? InputShape { get; init; }

    /// <summary>Without a top: <c>avg</c> or <c>max</c> over all pixels, or null for images.</summary>
    public string? Pooling { get; init; }

    /// <summary>The classifier's activation; null for softmax.</summary>
    public ComponentValue? ClassifierActivation { get; init; }

    /// <summary>Width multiplier of the MobileNets.</summary>
    public double Alpha { get; init; } = 1;

    /// <summary>Outputs of each channel in MobileNet's depthwise convolutions.</summary>
    public int DepthMultiplier { get; init; } = 1;

    /// <summary>Share of the features that are dropped before MobileNet's classifier.</summary>
    public double Dropout { get; init; } = 0.001;

    internal ComponentValue Classifier => ClassifierActivation ?? Registries.All.WithDefaults("activation", "softmax");

    public static IReadOnlyList<ArgumentSpec> Arguments { get; } =
    [
        Arg.Flag("include_top", "Put the classifier on top.", true),
        Arg.Integer("classes", "Outputs of the classifier.", 1000, min: 1, max: 1 << 20),
        Arg.Integers("input_shape", "Height, width and channels of an image; the network's own when left out.", min: 1, max: 1 << 14, minCount: 3, maxCount: 3, nullable: true),
        new("pooling", ArgumentKind.Choice, "Without a top: mean or maximum over all pixels; null for images.") { Choices = ["avg", "max"], Nullable = true },
        Arg.Component("classifier_activation", "activation", "Of the classifier.", "softmax"),
    ];

    public static ArgumentSpec AlphaArgument { get; } = Arg.Number("alpha", "Factor for the number of filters in every layer.", 1, min: 0.1, max: 4);

    public static ArchitectureOptions From(Arguments a) => new()
    {
        IncludeTop = a.Flag("include_top"),
        Classes = a.Integer("classes"),
        InputShape = a.Has("input_shape") ? [.. a.Integers("input_shape").Select(n => (int)n)] : null,
        Pooling = a.OptionalText("pooling"),
        ClassifierActivation = a.Value("classifier_activation"),
        Alpha = a.Has("alpha") ? a.Number("alpha") : 1,
        DepthMultiplier = a.Has("depth_multiplier") ? a.Integer("depth_multiplier") : 1,
        Dropout = a.Has("dropout") ? a.Number("dropout") : 0.001,
    };
}

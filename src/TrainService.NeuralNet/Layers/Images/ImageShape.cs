using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Images;

/// <summary>What the layers on images share: the check of their input, and arguments that are one number for both axes or one each.</summary>
internal static class ImageShape
{
    /// <exception cref="LayerShapeException">It is not [height, width, channels].</exception>
    public static Shape Check(Shape input) => input.Rank == 3
        ? input
        : throw new LayerShapeException($"takes images [height, width, channels], got {input}.");

    /// <summary>One or two numbers, for height and width.</summary>
    public static ArgumentSpec PairArgument(string name, string description, long? @default = null, bool required = false, bool nullable = false)
        => Arg.Integers(name, description, @default is { } n ? [n, n] : null, min: 1, max: 1 << 16, minCount: 1, maxCount: 2, required: required, nullable: nullable);

    public static (int Height, int Width) Pair(Arguments arguments, string name)
    {
        IReadOnlyList<long> values = arguments.Integers(name);
        return ((int)values[0], (int)values[^1]);
    }

    public static ArgumentSpec DataFormat { get; } = new("data_format", ArgumentKind.Choice, "Where the channels stand: only last.")
    {
        Default = "channels_last", Choices = ["channels_last"], UnsupportedChoices = ["channels_first"],
    };
}

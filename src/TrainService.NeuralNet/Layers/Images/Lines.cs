using TrainService.NeuralNet.Plan;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Images;

/// <summary>Layers that exist for images [height, width, channels] and for sequences [steps, channels]: a sequence is an image of one row.</summary>
internal static class Lines
{
    /// <summary>The shape as an image.</summary>
    /// <exception cref="LayerShapeException">It is neither, or not the one that the layer takes.</exception>
    public static Shape AsImage(Shape input, bool line) => line
        ? input.Rank == 2 ? new Shape(1, input[0], input[1]) : throw new LayerShapeException($"takes sequences [steps, channels], got {input}.")
        : ImageShape.Check(input);

    /// <summary>The shape that such an image stands for.</summary>
    public static Shape FromImage(Shape image, bool line) => line ? new Shape(image[1], image[2]) : image;

    /// <summary>The same numbers seen as an image.</summary>
    public static Value AsImage(Value value, bool line) => value with { Shape = AsImage(value.Shape, line) };

    /// <summary>A size along the axes: one number, or for images one or two.</summary>
    public static ArgumentSpec Argument(string name, bool line, string description, long? @default = null, bool nullable = false) => line
        ? Arg.Integers(name, description, @default is { } n ? [n] : null, min: 1, max: 1 << 16, maxCount: 1, nullable: nullable)
        : ImageShape.PairArgument(name, $"{description} Height and width, or one number for both.", @default, nullable: nullable);

    public static (int Height, int Width) Read(Arguments arguments, string name, bool line)
        => line ? (1, (int)arguments.Integers(name)[0]) : ImageShape.Pair(arguments, name);

    /// <summary>"max_pooling2d" or "max_pooling1d".</summary>
    public static string Name(string name, bool line) => name + (line ? "1d" : "2d");

    /// <summary>"MaxPooling2D" or "MaxPooling1D".</summary>
    public static string KerasName(string name, bool line) => name + (line ? "1D" : "2D");
}

using TrainService.Specification;

namespace TrainService.Training.Models;

/// <summary>What every layer takes in a model, beside its own arguments.</summary>
internal static class LayerArguments
{
    public const string Name = "name", InputShape = "input_shape", Trainable = "trainable";

    public static IReadOnlyList<ArgumentSpec> Common { get; } =
    [
        new(Name, ArgumentKind.Text, "Names its tensors (name/kernel); made of its type and a number when left out.") { MaximumLength = 100, Nullable = true },
        Arg.Flag(Trainable, "false freezes the layer: its weights stay, batch normalization uses its moving statistics.", true),
        Arg.Integers(InputShape, "For the first layer: shape of one sample. Taken from the dataset when left out.", min: 1, max: 1 << 24, nullable: true),
        new("inputs", ArgumentKind.Json, "layers to take the input from, in a functional model.") { Unsupported = true },
    ];
}

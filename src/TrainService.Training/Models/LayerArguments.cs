using TrainService.Specification;

namespace TrainService.Training.Models;

/// <summary>What every layer takes in a model, beside its own arguments.</summary>
internal static class LayerArguments
{
    public const string Name = "name", InputShape = "input_shape", Trainable = "trainable", Inputs = "inputs";

    public static IReadOnlyList<ArgumentSpec> Common { get; } =
    [
        new(Name, ArgumentKind.Text, "Names its tensors (name/kernel); made of its type and a number when left out.") { MaximumLength = 100, Nullable = true },
        Arg.Flag(Trainable, "false freezes the layer: its weights stay, batch normalization uses its moving statistics.", true),
        Arg.Integers(InputShape, "For the first layer: shape of one sample. Taken from the dataset when left out.", min: 1, max: 1 << 24, nullable: true),
        new(Inputs, ArgumentKind.Texts, "In a functional model: names of the layers that it takes its inputs from.") { Count = (1, 256), Nullable = true },
    ];
}

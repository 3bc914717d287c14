using TrainService.NeuralNet.Plan;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers;

/// <summary>All axes into one. Another view of the same buffer, where there are no gaps between pixels to be closed.</summary>
public sealed class Flatten : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("flatten", _ => new Flatten())
    {
        KerasName = "Flatten",
        Summary = "Puts all numbers of a sample into one row: [28, 28] becomes [784].",
        Advice = "Stands between images and dense layers.",
        Source = "Keras Flatten",
    };

    public override string TypeName => "flatten";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => new(checked((int)Single(inputs).Size));

    public override Value Build(LayerBuild build) => new(build.Compact(build.Input).Buffer, build.OutputShape);
}

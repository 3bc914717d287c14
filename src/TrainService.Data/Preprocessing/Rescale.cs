using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.Data.Preprocessing;

/// <summary>y = x · scale + offset, as Keras's Rescaling.</summary>
public sealed class Rescale(float scale, float offset) : Preprocessor
{
    public static ComponentDescriptor Descriptor { get; } = new ComponentDescriptor<Preprocessor>(
        "rescale", a => new Rescale(a.Single("scale"), a.Single("offset")))
    {
        KerasName = "Rescaling",
        Aliases = ["rescaling"],
        Summary = "y = x · scale + offset, for every number of a row.",
        Advice = "To move known ranges, such as [0, 1] to [-1, 1] with scale 2 and offset -1. Bytes of pictures are in [0, 1] already.",
        Source = "Keras, Rescaling",
        Arguments =
        [
            Arg.Number("scale", "What every number is multiplied by.", 1 / 255.0),
            Arg.Number("offset", "What is added afterwards.", 0),
        ],
    };

    public override string Name => "rescale";

    public override bool LearnsFromRows => false;

    public override FittedStep Fit(RowSource training, IReadOnlyList<int> shape, ReadOnlySpan<bool> numeric) => new(Name, [0], [scale], [offset]);
}

using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Plan;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Images;

/// <summary>y = x · scale + offset, any shape.</summary>
public sealed class Rescaling(float scale, float offset) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("rescaling", a => new Rescaling(a.Single("scale"), a.Single("offset")))
    {
        KerasName = "Rescaling",
        Summary = "Multiplies every number by scale and adds offset.",
        Advice = "First in a network on images: scale 1/255 brings bytes to 0 … 1; 1/127.5 with offset -1 to -1 … 1.",
        Source = "Keras Rescaling",
        Arguments = [Arg.Number("scale", "Factor.", required: true), Arg.Number("offset", "Added after it.", 0)],
    };

    public override string TypeName => "rescaling";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => Single(inputs);

    public override long Flops(IReadOnlyList<Shape> inputs) => 2 * inputs[0].Size;

    public override Value Build(LayerBuild build)
        => build.Activate(build.Input, new ElementwiseActivation<Affine>(new Affine(scale, offset)), inPlaceAllowed: false);
}

using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Merging;

/// <summary>y = x₁ + scale · x₂.</summary>
/// <remarks>x₁, x₂: any shape, the same; y: that shape.</remarks>
public sealed class ScaledAdd(float scale) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("scaled_add", a => new ScaledAdd(a.Single("scale")))
    {
        KerasName = "CustomScaleLayer",
        Summary = "Adds its second input, times a factor, to its first.",
        Advice = "For very wide residual blocks: factors of 0.1 to 0.3 keep them from blowing up early in training.",
        Source = "Szegedy, Ioffe, Vanhoucke, Alemi 2016, arXiv:1602.07261, section 3.3",
        Arguments = [Arg.Number("scale", "Factor of the second input.", 1)],
    };

    public override string TypeName => "scaled_add";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        if (inputs.Count != 2) throw new LayerShapeException($"takes two inputs, got {inputs.Count}.");
        return inputs[0] == inputs[1] ? inputs[0] : throw new LayerShapeException($"needs inputs of one shape, got {inputs[0]} and {inputs[1]}.");
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => 2 * inputs[0].Size;

    public override Value Build(LayerBuild build)
    {
        Value x = Even(build.Inputs[0]), update = Even(build.Inputs[1]);
        Value scaled = build.Activate(update, new ElementwiseActivation<Affine>(new Affine(scale, 0)), inPlaceAllowed: false);
        Value y = build.NewValue("output", build.OutputShape);
        PlanBuffer[] buffers = [x.Buffer, scaled.Buffer];
        build.Add(new MergeStep(MergeKind.Add, buffers, y.Buffer));
        for (int i = 1; i >= 0; i--)
        {
            int which = i;
            build.PassBack(i == 0 ? x : scaled, y, (dy, dx, accumulate) => new MergeGradientStep(MergeKind.Add, which, buffers, y.Buffer, dy, dx, accumulate));
        }

        return y;

        Value Even(Value value) => value.Shape.Rank < 2 ? value : build.Spaced(value);
    }
}

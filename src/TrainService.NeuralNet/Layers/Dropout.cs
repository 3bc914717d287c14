using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers;

/// <summary>In training each number is kept with probability 1 - rate and divided by it, otherwise 0; in inference y = x.</summary>
/// <remarks>Any shape. Srivastava et al. 2014, JMLR 15. Which numbers are kept depends on seed, layer, step and place alone.</remarks>
public sealed class Dropout(float rate) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("dropout", a => new Dropout(a.Single("rate")))
    {
        KerasName = "Dropout",
        Summary = "Drops each number with probability `rate` while training, and scales up the others.",
        Advice = "Against overfitting: 0.2 to 0.5 after dense layers; with SELU use alpha_dropout.",
        Source = "Srivastava et al. 2014, JMLR 15",
        Arguments = [Arg.Number("rate", "Share that is dropped.", min: 0, max: 1, maxExclusive: true, required: true), Arg.Integer("seed", "Not used: the job's seed and the layer's place name the stream.", nullable: true)],
    };

    public override string TypeName => "dropout";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => Single(inputs);

    public override Value Build(LayerBuild build)
    {
        Value input = build.Input;
        if (rate == 0 || !build.DropoutActive) return input;
        Value output = input with { Buffer = build.NewBuffer("output", input.Buffer.RowLength) };
        build.Add(new DropoutStep(input.Buffer, output.Buffer, rate, build.RandomStream, accumulate: false));
        if (!build.NeedsGradient(input)) return output;
        build.MarkNeedsGradient(output);
        build.OnBackward(() =>
        {
            if (build.GradientOf(output) is not { } dy) return;
            (PlanBuffer dx, bool accumulate) = build.GradientFor(input);
            build.Add(new DropoutStep(dy, dx, rate, build.RandomStream, accumulate));
        });
        return output;
    }
}

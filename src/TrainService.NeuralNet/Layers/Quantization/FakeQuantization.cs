using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Plan;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Quantization;

/// <summary>y is the nearest of 256 numbers from min to max to x, as if it had been kept in 8 bits. Any shape; training goes on through it (see <see cref="ToGrid"/>).</summary>
public sealed class FakeQuantization(EightBitGrid grid) : Layer
{
    public const string MinKey = "min", MaxKey = "max";

    public static ComponentDescriptor<Layer> Descriptor { get; } = new("fake_quantization", a => new FakeQuantization(GridOf(a)))
    {
        Summary = "Rounds every number to the nearest of 256 between `min` and `max`, as a runtime that computes in 8 bits does.",
        Advice = "Put there by an export with precision=int8 and calibrate, which measures the ranges on rows of a dataset. In a model that is trained on, the weights learn to live with the rounding; gradients pass as if it were not there.",
        Source = "Jacob et al. 2018, arXiv:1712.05877",
        Arguments =
        [
            Arg.Number(MinKey, "Least number that is told apart; 0 behind a relu.", 0, max: 0),
            Arg.Number(MaxKey, "Greatest number that is told apart.", 6, min: 0),
        ],
    };

    public EightBitGrid Grid => grid;

    public override string TypeName => "fake_quantization";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => Single(inputs);

    public override long Flops(IReadOnlyList<Shape> inputs) => 3 * inputs[0].Size;

    public override Value Build(LayerBuild build) => build.Activate(build.Input, new ElementwiseActivation<ToGrid>(new ToGrid(grid)), inPlaceAllowed: false);

    private static EightBitGrid GridOf(Arguments a)
    {
        (double min, double max) = (a.Number(MinKey), a.Number(MaxKey));
        return max > min ? new EightBitGrid(min, max) : throw new ArgumentConflictException(MaxKey, "Expected a number above min.");
    }
}

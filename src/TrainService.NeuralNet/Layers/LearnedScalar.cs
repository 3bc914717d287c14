using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers;

/// <summary>y = x + b, or y = a · x, with one learned number for all: the scalar biases and multipliers of Fixup.</summary>
/// <remarks>x, y: any shape; bias: [1], starts at 0; scale: [1], starts at 1.</remarks>
public sealed class LearnedScalar(bool multiplies) : Layer
{
    public static IReadOnlyList<ComponentDescriptor<Layer>> Descriptors { get; } =
    [
        new("scalar_bias", _ => new LearnedScalar(false))
        {
            Summary = "Adds one learned number to all.",
            Advice = "In residual networks without normalization, before each weighted layer and activation of a branch; with the initializer fixup.",
            Source = "Zhang, Dauphin, Ma 2019, arXiv:1901.09321",
        },
        new("scalar_multiplier", _ => new LearnedScalar(true))
        {
            Summary = "Multiplies all by one learned number.",
            Advice = "In residual networks without normalization, once in each branch; with the initializer fixup.",
            Source = "Zhang, Dauphin, Ma 2019, arXiv:1901.09321",
        },
    ];

    private string Role => multiplies ? "scale" : "bias";

    public override string TypeName => multiplies ? "scalar_multiplier" : "scalar_bias";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => Single(inputs);

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs)
        => [new(Role, new Shape(1), new Constant(multiplies ? 1 : 0), true, ParameterLayout.Flat)];

    public override long Flops(IReadOnlyList<Shape> inputs) => inputs[0].Size;

    public override unsafe Value Build(LayerBuild build)
    {
        Value x = build.Compact(build.Input), y = x with { Buffer = build.NewBuffer("output", x.Buffer.RowLength) };
        Parameter scalar = build.Parameter(Role);
        PlanBuffer whole = build.BufferOf(scalar);
        float* value = scalar.Values;
        int length = x.Buffer.RowLength;
        bool factor = multiplies;
        build.Add(new RowStep(TypeName, [x.Buffer], [y.Buffer], (row, _, _) =>
        {
            float* from = x.Buffer.Row(row), to = y.Buffer.Row(row);
            for (int i = 0; i < length; i++) to[i] = factor ? from[i] * *value : from[i] + *value;
            RowStep.End(y.Buffer, row);
        })
        { Whole = [whole] });
        bool learns = build.Training;
        if (!learns && !build.NeedsGradient(x)) return y;
        build.MarkNeedsGradient(y);
        build.OnBackward(() =>
        {
            if (build.GradientOf(y) is not { } dy) return;
            if (build.NeedsGradient(x))
            {
                (PlanBuffer dx, bool accumulate) = build.GradientFor(x);
                build.Add(new RowStep($"{TypeName}'", [dy, dx], [dx], (row, _, _) =>
                {
                    RowStep.Begin(dx, row, accumulate);
                    float* from = dy.Row(row), to = dx.Row(row);
                    for (int i = 0; i < length; i++) to[i] += factor ? from[i] * *value : from[i];
                })
                { Whole = [whole] });
            }

            if (!learns) return;
            build.Add(new VectorGradientStep(build, scalar, [dy, x.Buffer], _ =>
            {
                double sum = 0;
                for (int row = 0; row < dy.Rows; row++)
                    for (int i = 0; i < length; i++)
                        sum += dy.Row(row)[i] * (factor ? x.Buffer.Row(row)[i] : 1.0);
                return sum;
            }));
        });
        return y;
    }
}

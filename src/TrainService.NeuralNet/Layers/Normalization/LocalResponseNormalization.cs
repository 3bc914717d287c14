using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Normalization;

/// <summary>y[c] = x[c] · (bias + α · Σ x[j]²)^-β over the channels j from c - radius to c + radius of the same pixel.</summary>
/// <remarks>x, y: [..., channels].</remarks>
public sealed class LocalResponseNormalization(int radius, float bias, float alpha, float beta) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("local_response_normalization", a => new LocalResponseNormalization(
        a.Integer("depth_radius"), a.Single("bias"), a.Single("alpha"), a.Single("beta")))
    {
        Aliases = ["lrn"],
        Summary = "Divides each channel by a measure of how active its neighbouring channels are at the same pixel.",
        Advice = "Part of AlexNet, whose settings are the defaults; newer networks use batch normalization.",
        Source = "Krizhevsky, Sutskever, Hinton 2012, ImageNet classification with deep convolutional neural networks, section 3.3",
        Arguments =
        [
            Arg.Integer("depth_radius", "Channels on each side that count.", 2, min: 0, max: 1024),
            Arg.Number("bias", "Added to the sum of squares.", 2, min: 0, minExclusive: true) with { Aliases = ["k"] },
            Arg.Number("alpha", "Factor of the sum of squares.", 1e-4, min: 0),
            Arg.Number("beta", "Exponent.", 0.75, min: 0),
        ],
    };

    public override string TypeName => "local_response_normalization";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
        => Single(inputs) is { Rank: > 0 } input ? input : throw new LayerShapeException("takes values with channels, got a single number.");

    public override long Flops(IReadOnlyList<Shape> inputs) => inputs[0].Size * ((2L * radius) + 8);

    public override unsafe Value Build(LayerBuild build)
    {
        Value x = build.Compact(build.Input), y = x with { Buffer = build.NewBuffer("output", x.Buffer.RowLength) };
        (int pixels, int channels) = (x.Pixels, x.Channels);
        build.Add(new RowStep("local response norm", [x.Buffer], [y.Buffer], (row, _, scratch) =>
        {
            for (int p = 0; p < pixels; p++)
            {
                float* from = x.Buffer.Row(row) + (p * channels), to = y.Buffer.Row(row) + (p * channels);
                Denominators(from, channels, scratch);
                for (int c = 0; c < channels; c++) to[c] = from[c] * Power(scratch[c]);
            }

            RowStep.End(y.Buffer, row);
        })
        { Scratch = channels, Weight = 8 });
        // dx = dy · d^-β - 2αβ · x · Σ dy[j] · x[j] · d[j]^(-β-1) over the channels j whose sums hold this one.
        build.PassBack(x, y, (dy, dx, accumulate) => new RowStep("local response norm'", [x.Buffer, dy, dx], [dx], (row, _, scratch) =>
        {
            RowStep.Begin(dx, row, accumulate);
            float* share = scratch + channels;
            for (int p = 0; p < pixels; p++)
            {
                float* value = x.Buffer.Row(row) + (p * channels), gradient = dy.Row(row) + (p * channels), to = dx.Row(row) + (p * channels);
                Denominators(value, channels, scratch);
                for (int c = 0; c < channels; c++)
                {
                    float power = Power(scratch[c]);
                    to[c] += gradient[c] * power;
                    share[c] = gradient[c] * value[c] * power / scratch[c];
                }

                for (int c = 0; c < channels; c++)
                {
                    float sum = 0;
                    for (int j = Math.Max(0, c - radius); j <= Math.Min(channels - 1, c + radius); j++) sum += share[j];
                    to[c] -= 2 * alpha * beta * value[c] * sum;
                }
            }
        })
        { Scratch = 2 * channels, Weight = 12 });
        return y;
    }

    private unsafe void Denominators(float* x, int channels, float* result)
    {
        for (int c = 0; c < channels; c++)
        {
            float sum = 0;
            for (int j = Math.Max(0, c - radius); j <= Math.Min(channels - 1, c + radius); j++) sum += x[j] * x[j];
            result[c] = bias + (alpha * sum);
        }
    }

    // The usual exponents without a logarithm.
    private float Power(float d) => beta == 0.75f ? 1 / (MathF.Sqrt(d) * MathF.Sqrt(MathF.Sqrt(d))) : beta == 0.5f ? 1 / MathF.Sqrt(d) : MathF.Pow(d, -beta);
}

using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.Plan.Steps.Images;

namespace TrainService.NeuralNet.Layers;

/// <summary>
/// Batch normalization of values with pixels, cut by samples so that it chains with convolutions: each sample's sums, then the batch's statistics of
/// them in the order of the samples, then y. Inference and a frozen layer are one pass with fixed coefficients.
/// </summary>
internal static class BatchNormalizationOfImages
{
    public static Value Build(LayerBuild build, BatchNormTensors tensors)
    {
        Value x = build.Spaced(build.Input), y = build.NewValue("output", build.OutputShape);
        (int pixels, int stride) = (x.Pixels, x.ChannelStride);
        if (!build.Training)
        {
            BatchNormCoefficients moving = new(tensors, null);
            build.Add(new BatchNormApplyStep(x.Buffer, y.Buffer, pixels, stride, moving));
            build.PassBack(x, y, (dy, dx, accumulate) => new BatchNormImageInputGradientStep(x.Buffer, dy, dx, pixels, stride, moving, null, accumulate));
            return y;
        }

        PlanBuffer sums = build.NewBuffer("sums", SampleSums.RowLength(stride)), statistics = build.NewMatrix("statistics", 2, stride);
        BatchNormCoefficients batch = new(tensors, statistics);
        build.Add(new BatchNormMomentsStep(x.Buffer, pixels, stride, sums));
        build.Add(new BatchNormStatisticsStep(sums, pixels, stride, statistics, tensors));
        build.Add(new BatchNormApplyStep(x.Buffer, y.Buffer, pixels, stride, batch));
        if (tensors.Gamma is null && tensors.Beta is null && !build.NeedsGradient(x)) return y;
        build.MarkNeedsGradient(y);
        build.OnBackward(() => Back(build, x, y, batch));
        return y;
    }

    private static void Back(LayerBuild build, Value x, Value y, BatchNormCoefficients batch)
    {
        if (build.GradientOf(y) is not { } dy) return;
        (int pixels, int stride) = (x.Pixels, x.ChannelStride);
        PlanBuffer sums = build.NewBuffer("gradient sums", SampleSums.RowLength(stride)), means = build.NewMatrix("gradient means", 3, stride);
        build.Add(new BatchNormGradientSumsStep(x.Buffer, dy, pixels, stride, batch, sums));
        build.Add(new BatchNormParametersStep(sums, pixels, stride, means, batch, build.BufferOf, build.Updates!));
        if (!build.NeedsGradient(x)) return;
        (PlanBuffer dx, bool accumulate) = build.GradientFor(x);
        build.Add(new BatchNormImageInputGradientStep(x.Buffer, dy, dx, pixels, stride, batch, means, accumulate));
    }
}

using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.Plan.Steps.Images;

namespace TrainService.NeuralNet.Layers;

/// <summary>
/// Batch normalization of values with pixels, cut by samples so that it chains with convolutions: each sample's sums, taken while its pixels are written,
/// then the batch's statistics of them in the order of the samples; y itself is left pending. Inference and a frozen layer are one pass with fixed
/// coefficients.
/// </summary>
internal static class BatchNormalizationOfImages
{
    public static Value Build(LayerBuild build, BatchNormTensors tensors)
    {
        Value x = build.Spaced(build.Input), y = build.NewValue("output", build.OutputShape);
        (int pixels, int stride) = (x.Pixels, x.ChannelStride);
        if (!build.NormalizesByBatch)
        {
            BatchNormCoefficients moving = new(tensors, null);
            build.Add(new BatchNormApplyStep(x.Buffer, y.Buffer, pixels, stride, moving));
            build.PassBack(x, y, (dy, dx, accumulate) => new BatchNormImageInputGradientStep(x.Buffer, dy, dx, pixels, stride, moving, null, accumulate));
            return y;
        }

        PlanBuffer sums = build.NewBuffer("sums", SampleSums.RowLength(stride)), statistics = build.NewMatrix("statistics", PendingMap.Rows, stride);
        PendingMap pending = new(x, statistics);
        build.Follow(x.Buffer, new MomentsFollower(x, sums));
        build.Add(new BatchNormStatisticsStep(sums, pixels, stride, statistics, tensors));
        y = y with { Pending = pending };
        if (!tensors.HasGradient && !build.NeedsGradient(x)) return y;
        build.MarkNeedsGradient(y);
        build.OnBackward(() => Back(build, y, pending, new BatchNormCoefficients(tensors, statistics)));
        return y;
    }

    private static void Back(LayerBuild build, Value y, PendingMap pending, BatchNormCoefficients batch)
    {
        if (build.GradientOf(y) is null) return;
        Value x = pending.Source;
        (int pixels, int stride) = (x.Pixels, x.ChannelStride);
        PlanBuffer dy = pending.HasLimits ? build.OwnGradientOf(y) : build.GradientOf(y)!;
        PlanBuffer sums = build.NewBuffer("gradient sums", SampleSums.RowLength(stride)), means = build.NewMatrix("gradient means", 3, stride);
        build.Follow(dy, new GradientSumsFollower(pending, dy, sums));
        build.Add(new BatchNormParametersStep(sums, pixels, stride, means, batch, build.BufferOf, build.Updates!));
        if (!build.NeedsGradient(x)) return;
        (PlanBuffer dx, bool accumulate) = build.GradientInPlace(y, x) ? (dy, false) : build.GradientFor(x);
        build.Add(new BatchNormImageInputGradientStep(x.Buffer, dy, dx, pixels, stride, batch, means, accumulate));
    }
}

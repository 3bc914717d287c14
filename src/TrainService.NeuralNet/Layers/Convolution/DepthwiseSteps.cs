using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Convolution;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Layers.Convolution;

/// <summary>Adds the steps of a depthwise convolution, forward and backward.</summary>
internal static class DepthwiseSteps
{
    /// <param name="times">Outputs of each input channel.</param>
    public static Value Convolve(LayerBuild build, Value x, Window window, int times, Parameter kernel, Parameter? bias, string role)
    {
        // The kernels want a vector of 16 outputs to read a vector of 16 inputs.
        if (times > 1 || x.ChannelStride % Padding.Width != 0) x = Repeat(build, build.Input, times);
        AxisWindow down = window.Down(x.Shape[0]), across = window.Across(x.Shape[1]);
        Value input = x, y = build.NewValue(role, new Shape(down.Out, across.Out, x.Channels));
        DepthwisePass forward = DepthwisePass.Forward(down, across, x.Channels, x.ChannelStride, x.Buffer.Stride, y.ChannelStride, y.Buffer.Stride);
        if (build.Folding is { } folding) return folding.ConvolveDepthwise(build, x, y, forward, kernel, bias);
        PlanBuffer kernelBuffer = build.BufferOf(kernel);
        bool needsInputGradient = build.NeedsGradient(x), learns = build.Training;
        build.Add(new DepthwiseStep($"{kernel.Layer} depthwise", input, y, [forward], kernelBuffer, bias is null ? null : build.BufferOf(bias), false));
        if (!needsInputGradient && !learns) return y;
        build.MarkNeedsGradient(y);
        build.OnBackward(() =>
        {
            if (build.GradientOf(y) is not { } dy) return;
            if (needsInputGradient)
            {
                (PlanBuffer dx, bool accumulate) = build.GradientFor(input);
                build.Add(new DepthwiseStep($"{kernel.Layer} depthwise dx", y with { Buffer = dy }, input with { Buffer = dx, Pending = null },
                    DepthwisePass.Backward(down, across, y.Channels, y.ChannelStride, y.Buffer.Stride, input.ChannelStride, input.Buffer.Stride),
                    kernelBuffer, null, accumulate));
            }

            if (!learns) return;
            PlanBuffer samples = build.NewBuffer("kernel gradients", kernel.Length);
            build.Add(new DepthwiseSampleGradientStep(kernel.Layer, input, dy, forward, samples));
            build.Add(new SampleGradientSumStep(samples, kernel, kernelBuffer, build.Updates!));
            if (bias is not null) build.Add(new BiasGradientStep(dy, y.Pixels, y.ChannelStride, bias, build.BufferOf(bias), build.Updates!));
        });
        return y;
    }

    private static Value Repeat(LayerBuild build, Value x, int times)
    {
        Value y = build.NewValue("repeated", new Shape(x.Shape[0], x.Shape[1], x.Channels * times));
        build.Add(new RepeatChannelsStep(x.Buffer, x.ChannelStride, y.Buffer, y.ChannelStride, x.Pixels, x.Channels, times, backward: false, accumulate: false));
        if (!build.NeedsGradient(x)) return y;
        build.MarkNeedsGradient(y);
        build.OnBackward(() =>
        {
            if (build.GradientOf(y) is not { } dy) return;
            (PlanBuffer dx, bool accumulate) = build.GradientFor(x);
            build.Add(new RepeatChannelsStep(dx, x.ChannelStride, dy, y.ChannelStride, x.Pixels, x.Channels, times, backward: true, accumulate));
        });
        return y;
    }
}

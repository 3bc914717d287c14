using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Inference;
using TrainService.NeuralNet.Plan.Steps.Convolution;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Convolution.Winograd;

namespace TrainService.NeuralNet.Layers.Convolution;

/// <summary>Adds the steps of a convolution, or of a transposed one, forward and backward.</summary>
internal static class ConvolutionSteps
{
    /// <summary>Rows that a plan which only predicts sees, at a guess, before the weights change.</summary>
    private const int RowsOfKernel = 64;

    /// <summary>y = x convolved with the kernel, plus bias.</summary>
    public static Value Convolve(LayerBuild build, Value x, ConvolutionShape shape, Parameter kernel, Parameter? bias, string role, Shape outputShape)
    {
        Value y = build.NewValue(role, outputShape);
        if (build.Backward && x.ChannelStride == shape.Inputs && WinogradShape.Of(shape, x.Buffer.Rows) is { } tiled)
            return WinogradConvolution.Convolve(build, x, y, shape, tiled, kernel, bias);
        if (build.Folding is { } folding && Fold(folding, build, x, y, shape, kernel, bias)) return y;
        PlanBuffer kernelBuffer = build.BufferOf(kernel);
        bool needsInputGradient = build.NeedsGradient(x), learns = build.Training;
        Transposed? transposed = needsInputGradient ? Transpose(build, shape, kernel, y, x) : null;
        build.Add(new PatchProductStep($"{kernel.Layer} x*W", x, y,
            shape.Forward(x.ChannelStride, x.Buffer.Stride, y.ChannelStride, y.Buffer.Stride), kernelBuffer, BufferOf(build, bias), accumulate: false));
        if (!needsInputGradient && !learns) return y;
        build.MarkNeedsGradient(y);
        build.OnBackward(() =>
        {
            if (build.GradientOf(y) is not { } dy) return;
            if (transposed is not null)
            {
                (PlanBuffer dx, bool accumulate) = build.GradientFor(x);
                build.Add(new PatchProductStep($"{kernel.Layer} dx", y with { Buffer = dy }, x with { Buffer = dx, Pending = null }, transposed.Passes, transposed.Kernel, null, accumulate));
            }

            if (!learns) return;
            PatchGrid patches = shape.Patches(x.ChannelStride, x.Buffer.Stride), columns = shape.OutputPixels(y.ChannelStride, y.Buffer.Stride);
            if (SampleGradientStep.Suits(kernel.Length, dy.Rows))
            {
                PlanBuffer samples = build.NewBuffer("kernel gradients", kernel.Length);
                build.Add(new PatchSampleGradientStep(kernel.Layer, x, patches, dy, columns, shape, samples));
                build.Add(new SampleGradientSumStep(samples, kernel, kernelBuffer, build.Updates!));
            }
            else
            {
                build.Add(new KernelGradientStep(x, patches, dy, columns, shape, kernel, kernelBuffer, build.Updates!));
            }

            if (bias is not null) build.Add(new BiasGradientStep(dy, y.Pixels, y.ChannelStride, bias, build.BufferOf(bias), build.Updates!));
        });
        return y;
    }

    private static bool Fold(Folding folding, LayerBuild build, Value x, Value y, ConvolutionShape shape, Parameter kernel, Parameter? bias)
    {
        if (x.ChannelStride == shape.Inputs && WinogradShape.Of(shape, RowsOfKernel) is { } tiled && EndedWinogradStep.IsWorthwhile(tiled, x.Buffer.Rows))
        {
            folding.ConvolveInTiles(build, x, y, tiled, kernel, bias);
            return true;
        }

        IReadOnlyList<PatchPass> passes = shape.Forward(x.ChannelStride, x.Buffer.Stride, y.ChannelStride, y.Buffer.Stride);
        if (!passes.All(p => p.Target.IsDirect)) return false;
        folding.Convolve(build, x, y, passes, kernel, bias);
        return true;
    }

    /// <summary>
    /// The convolution the other way round: y is what the convolution of this shape would take, x what it would put out, and y = its input gradient, plus
    /// bias.
    /// </summary>
    public static Value ConvolveTransposed(LayerBuild build, Value x, ConvolutionShape shape, Parameter kernel, Parameter? bias, string role, Shape outputShape)
    {
        Value y = build.NewValue(role, outputShape);
        PlanBuffer kernelBuffer = build.BufferOf(kernel);
        bool needsInputGradient = build.NeedsGradient(x), learns = build.Training;
        Transposed transposed = Transpose(build, shape, kernel, x, y);
        build.Add(new PatchProductStep($"{kernel.Layer} x*Wᵀ", x, y, transposed.Passes, transposed.Kernel, BufferOf(build, bias), accumulate: false));
        if (!needsInputGradient && !learns) return y;
        build.MarkNeedsGradient(y);
        build.OnBackward(() =>
        {
            if (build.GradientOf(y) is not { } dy) return;
            if (needsInputGradient)
            {
                (PlanBuffer dx, bool accumulate) = build.GradientFor(x);
                build.Add(new PatchProductStep($"{kernel.Layer} dx", y with { Buffer = dy }, x with { Buffer = dx },
                    shape.Forward(y.ChannelStride, y.Buffer.Stride, x.ChannelStride, x.Buffer.Stride), kernelBuffer, null, accumulate));
            }

            if (!learns) return;
            build.Add(new KernelGradientStep(y with { Buffer = dy }, shape.Patches(y.ChannelStride, y.Buffer.Stride), x.Buffer, shape.OutputPixels(x.ChannelStride, x.Buffer.Stride),
                shape, kernel, kernelBuffer, build.Updates!));
            if (bias is not null) build.Add(new BiasGradientStep(dy, y.Pixels, y.ChannelStride, bias, build.BufferOf(bias), build.Updates!));
        });
        return y;
    }

    internal static Transposed Transpose(LayerBuild build, ConvolutionShape shape, Parameter kernel, Value small, Value large)
    {
        (IReadOnlyList<PatchPass> passes, KernelTransposition rearrangement, long length) =
            shape.Backward(small.ChannelStride, small.Buffer.Stride, large.ChannelStride, large.Buffer.Stride);
        PlanBuffer buffer = build.NewMatrix($"transposed {kernel.Spec.Name}", 1, length);
        build.Add(new KernelTranspositionStep(kernel.Layer, build.BufferOf(kernel), buffer, rearrangement));
        return new Transposed(passes, buffer);
    }

    private static PlanBuffer? BufferOf(LayerBuild build, Parameter? parameter) => parameter is null ? null : build.BufferOf(parameter);

    internal sealed record Transposed(IReadOnlyList<PatchPass> Passes, PlanBuffer Kernel);
}

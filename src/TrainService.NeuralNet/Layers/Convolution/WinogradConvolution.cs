using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Convolution;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Convolution.Winograd;

namespace TrainService.NeuralNet.Layers.Convolution;

/// <summary>Adds the steps of a 3x3 convolution that is worked out in tiles, in a plan that trains.</summary>
internal static class WinogradConvolution
{
    public static Value Convolve(LayerBuild build, Value x, Value y, ConvolutionShape shape, WinogradShape tiled, Parameter kernel, Parameter? bias)
    {
        PlanBuffer kernelBuffer = build.BufferOf(kernel), planes = build.NewMatrix("tiles", 1, tiled.KernelLength);
        bool needsInputGradient = build.NeedsGradient(x), learns = build.Training;
        build.Add(new WinogradKernelStep(kernel.Layer, tiled.Inputs, tiled.Outputs, kernelBuffer, planes));
        build.Add(new WinogradProductStep($"{kernel.Layer} x*W", tiled, x, y, planes, bias is null ? null : build.BufferOf(bias), accumulate: false));
        if (!needsInputGradient && !learns) return y;
        build.MarkNeedsGradient(y);
        build.OnBackward(() =>
        {
            if (build.GradientOf(y) is not { } dy) return;
            Value gradient = y with { Buffer = dy };
            if (needsInputGradient)
            {
                ConvolutionSteps.Transposed transposed = ConvolutionSteps.Transpose(build, shape, kernel, y, x);
                PlanBuffer backward = build.NewMatrix("transposed tiles", 1, tiled.KernelLength);
                build.Add(new WinogradKernelStep($"{kernel.Layer} Wᵀ", tiled.Outputs, tiled.Inputs, transposed.Kernel, backward));
                (PlanBuffer dx, bool accumulate) = build.GradientFor(x);
                build.Add(new WinogradProductStep($"{kernel.Layer} dx", tiled.Backward, gradient, x with { Buffer = dx, Pending = null }, backward, null, accumulate));
            }

            if (learns) AddKernelGradient(build, x, gradient, tiled, kernel, bias);
        });
        return y;
    }

    private static void AddKernelGradient(LayerBuild build, Value x, Value dy, WinogradShape tiled, Parameter kernel, Parameter? bias)
    {
        long tiles = (long)x.Buffer.Rows * tiled.Tiles;
        PlanBuffer images = build.NewMatrix("image tiles", WinogradShape.Planes, WinogradShape.PlaneStride(tiles, tiled.Inputs));
        PlanBuffer gradients = build.NewMatrix("gradient tiles", WinogradShape.Planes, WinogradShape.PlaneStride(tiles, tiled.Outputs));
        build.Add(new WinogradFactorsStep($"{kernel.Layer}", tiled, x, dy, images, gradients));
        build.Add(new WinogradGradientStep(tiled, x.Buffer.Rows, images, gradients, kernel, build.BufferOf(kernel), build.Updates!));
        if (bias is not null) build.Add(new BiasGradientStep(dy.Buffer, dy.Pixels, dy.ChannelStride, bias, build.BufferOf(bias), build.Updates!));
    }
}

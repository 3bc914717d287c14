using TrainService.Formats.Onnx;
using TrainService.NeuralNet.Layers.Convolution;
using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.Training.Export.Onnx;

/// <summary>Layers with kernels and tables.</summary>
internal static class OnnxWeighted
{
    public static OnnxOutput Dense(OnnxLayer l)
    {
        string x = l.Graph.Last(l.Input), kernel = l.Constant("kernel");
        bool bias = l.Flag("use_bias");
        if (l.InputShape.Rank == 1) return OnnxLayers.Ended(l, l.Last(l.Node("Gemm", "product", bias ? [x, kernel, l.Bias("kernel")] : [x, kernel])));
        string y = l.Node("MatMul", "product", [x, kernel]);
        return OnnxLayers.Ended(l, l.Last(bias ? l.Node("Add", "sum", [y, l.Constant("bias")]) : y));
    }

    public static OnnxOutput Embedding(OnnxLayer l)
        => l.Last(l.Node("Gather", "", [l.Constant("embeddings"), l.Node("Cast", "numbers", [l.Graph.Last(l.Input)], OnnxAttribute.Of("to", (long)OnnxElement.Int64))], OnnxAttribute.Of("axis", 0L)));

    public static OnnxOutput Convolution(OnnxLayer l, bool line)
    {
        List<string> inputs = [l.Graph.First(l.Input), line ? l.Turned("kernel", 2, 1, 0) : l.Turned("kernel", 3, 2, 0, 1)];
        if (l.Flag("use_bias")) inputs.Add(l.Bias("kernel"));
        return OnnxLayers.Ended(l, l.First(l.Node("Conv", "sum", inputs, [.. OnnxImages.Window(l, "kernel_size"), OnnxAttribute.Of("group", l.Arguments.Long("groups"))])));
    }

    public static OnnxOutput Depthwise(OnnxLayer l)
    {
        List<string> inputs = [l.Graph.First(l.Input), DepthwiseKernel(l, "kernel")];
        if (l.Flag("use_bias")) inputs.Add(l.Bias("kernel"));
        return OnnxLayers.Ended(l, l.First(l.Node("Conv", "sum", inputs, [.. OnnxImages.Window(l, "kernel_size"), OnnxAttribute.Of("group", (long)l.InputShape[2])])));
    }

    public static OnnxOutput Separable(OnnxLayer l)
    {
        string each = l.Node("Conv", "each_channel", [l.Graph.First(l.Input), DepthwiseKernel(l, "depthwise_kernel")], [.. OnnxImages.Window(l, "kernel_size"), OnnxAttribute.Of("group", (long)l.InputShape[2])]);
        List<string> inputs = [each, l.Turned("pointwise_kernel", 3, 2, 0, 1)];
        if (l.Flag("use_bias")) inputs.Add(l.Constant("bias"));
        return OnnxLayers.Ended(l, l.First(l.Node("Conv", "sum", inputs, OnnxAttribute.Of("kernel_shape", [1, 1]))));
    }

    public static OnnxOutput Transposed(OnnxLayer l)
    {
        long[] kernel = new long[2], strides = new long[2], dilations = new long[2], before = new long[2], after = new long[2], more = new long[2];
        (AxisWindow down, AxisWindow across) = ((Conv2DTranspose)l.Network.Layer).Axes(l.InputShape);
        foreach ((int i, AxisWindow axis) in (ReadOnlySpan<(int, AxisWindow)>)[(0, down), (1, across)])
        {
            (kernel[i], strides[i], dilations[i], before[i]) = (axis.Kernel, axis.Stride, axis.Dilation, axis.Before);
            // Of the full result what is not kept is cut off behind; what is missing is added there.
            long behind = ((axis.Out - 1L) * axis.Stride) + axis.Span - axis.Before - axis.In;
            (after[i], more[i]) = (Math.Max(behind, 0), Math.Max(-behind, 0));
        }
        List<string> inputs = [l.Graph.First(l.Input), l.Turned("kernel", 3, 2, 0, 1)];
        if (l.Flag("use_bias")) inputs.Add(l.Bias("kernel"));
        return OnnxLayers.Ended(l, l.First(l.Node("ConvTranspose", "sum", inputs, OnnxAttribute.Of("kernel_shape", kernel), OnnxAttribute.Of("strides", strides), OnnxAttribute.Of("dilations", dilations),
            OnnxAttribute.Of("pads", [.. before, .. after]), OnnxAttribute.Of("output_padding", more))));
    }

    public static OnnxOutput PRelu(OnnxLayer l) => l.Last(l.Node("PRelu", "", [l.Graph.Last(l.Input), l.Constant("alpha")]));

    // [h, w, in, mult] to [in · mult, 1, h, w].
    private static string DepthwiseKernel(OnnxLayer l, string role)
    {
        IReadOnlyList<long> shape = l.Tensor(role).Shape;
        return l.Reordered(role, [shape[0], shape[1], shape[2] * shape[3], 1], 2, 3, 0, 1);
    }
}

using System.Numerics.Tensors;
using TrainService.Formats;
using TrainService.NeuralNet.Graph;
using TrainService.Specification;

namespace TrainService.Training.Export.Folding;

/// <summary>
/// The kernel and bias that do a layer's work and the batch normalization's behind it: with s = gamma / √(variance + ε) for each output channel, W' = W · s and
/// b' = (b - mean) · s + beta. In double precision, rounded once; plans that only predict do the same in single precision each time they are prepared
/// (NeuralNet's <c>ChannelEnding</c>).
/// </summary>
internal sealed record FoldedWeights(NamedArray Kernel, NamedArray Bias)
{
    /// <summary>Layers with a kernel, by type: the role of the kernel that makes their output channels.</summary>
    public static IReadOnlyDictionary<string, string> Kernels { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["dense"] = "kernel", ["conv1d"] = "kernel", ["conv2d"] = "kernel", ["depthwise_conv2d"] = "kernel", ["conv2d_transpose"] = "kernel", ["separable_conv2d"] = "pointwise_kernel",
    };

    /// <returns>Null when a number would leave single precision.</returns>
    public static FoldedWeights? Of(NetworkLayer layer, NetworkLayer normalization, Arguments arguments, IReadOnlyDictionary<string, NamedArray> tensors)
    {
        string kernelName = $"{layer.Name}/{Kernels[layer.Layer.TypeName]}", biasName = $"{layer.Name}/bias";
        float[] mean = Of("moving_mean")!, variance = Of("moving_variance")!;
        float[]? gamma = Of("gamma"), beta = Of("beta"), bias = tensors.GetValueOrDefault(biasName)?.ToSingles();
        double epsilon = arguments.Single("epsilon");
        double[] scales = [.. variance.Select((v, c) => (gamma?[c] ?? 1.0) / Math.Sqrt(v + epsilon))];
        NamedArray kernel = tensors[kernelName];
        float[] weights = kernel.ToSingles();
        // The output channels are the last axis; of a transposed convolution the last but one; of a depthwise one the last two.
        int inner = layer.Layer.TypeName == "conv2d_transpose" ? (int)kernel.Shape[^1] : 1;
        for (int i = 0; i < weights.Length; i++) weights[i] = (float)(weights[i] * scales[i / inner % scales.Length]);
        float[] shifts = [.. scales.Select((s, c) => (float)((((bias?[c] ?? 0.0) - mean[c]) * s) + (beta?[c] ?? 0.0)))];
        return TensorPrimitives.IsFiniteAll<float>(weights) && TensorPrimitives.IsFiniteAll<float>(shifts)
            ? new FoldedWeights(new NamedArray(kernelName, kernel.Shape, weights), new NamedArray(biasName, [shifts.Length], shifts))
            : null;

        float[]? Of(string role) => tensors.GetValueOrDefault($"{normalization.Name}/{role}")?.ToSingles();
    }
}

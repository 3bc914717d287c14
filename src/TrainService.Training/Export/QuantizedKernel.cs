using System.Runtime.InteropServices;
using TrainService.Formats;
using TrainService.NeuralNet.Graph;

namespace TrainService.Training.Export;

/// <summary>
/// A kernel in 8 bits: w ≈ q · s with one s = max |w| / 127 for each output channel and q from -127 to 127, rounded to the nearest. A channel of zeros has s = 1.
/// </summary>
/// <param name="Values">int8, laid out as the kernel.</param>
/// <param name="Scales">
/// float32, so shaped that it spreads over the kernel's last axes: [channels] for dense and convolutions, [in, multiplier] for depthwise ones, [filters, 1] for transposed ones.
/// </param>
internal sealed record QuantizedKernel(NamedArray Values, NamedArray Scales)
{
    /// <summary>What stands behind the kernel's name in the name of its scales.</summary>
    public const string Suffix = "_scale";

    private const int Largest = 127;

    /// <summary>Names of a layer's tensors that go into 8 bits; biases, tables and normalizations stay as they are.</summary>
    public static IEnumerable<string> KernelsOf(NetworkLayer layer) => IsKernelLayer(layer)
        ? layer.Parameters.Select(p => p.Name).Where(r => r is "kernel" or "depthwise_kernel" or "pointwise_kernel").Select(r => $"{layer.Name}/{r}") : [];

    /// <summary>Whether it multiplies what comes in by a kernel.</summary>
    public static bool IsKernelLayer(NetworkLayer layer) => layer.Layer.TypeName is "dense" or "conv1d" or "conv2d" or "depthwise_conv2d" or "conv2d_transpose" or "separable_conv2d";

    /// <summary>One scale for each channel that its layer puts out, in their order.</summary>
    public float[] ScalesOfOutputs => Scales.ToSingles();

    /// <summary>Axis of the output channels in a kernel of this rank, the last two of a depthwise one seen as one.</summary>
    public int AxisIn(int rank) => rank - Scales.Shape.Count;

    public static QuantizedKernel Of(NetworkLayer layer, NamedArray kernel)
    {
        bool depthwise = layer.Layer.TypeName == "depthwise_conv2d" || kernel.Name.EndsWith("/depthwise_kernel", StringComparison.Ordinal), transposed = layer.Layer.TypeName == "conv2d_transpose";
        long[] shape = depthwise ? [kernel.Shape[^2], kernel.Shape[^1]] : transposed ? [kernel.Shape[^2], 1] : [kernel.Shape[^1]];
        int inner = transposed ? (int)kernel.Shape[^1] : 1;
        float[] weights = kernel.ToSingles(), scales = new float[shape.Aggregate(1L, (a, b) => a * b)];
        for (int i = 0; i < weights.Length; i++) scales[i / inner % scales.Length] = Math.Max(scales[i / inner % scales.Length], Math.Abs(weights[i]));
        // What is too small for a scale of its own is zero in 8 bits.
        for (int c = 0; c < scales.Length; c++) scales[c] = scales[c] / Largest is > 0 and var scale ? scale : 1;
        sbyte[] values = [.. weights.Select((w, i) => (sbyte)Math.Clamp(MathF.Round(w / scales[i / inner % scales.Length]), -Largest, Largest))];
        return new QuantizedKernel(new NamedArray(kernel.Name, ArrayType.Int8, kernel.Shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()), new NamedArray(kernel.Name + Suffix, shape, scales));
    }

    /// <summary>q · s in single precision.</summary>
    /// <exception cref="ArrayFormatException">The scales don't spread over the kernel.</exception>
    public NamedArray Dequantized()
    {
        IReadOnlyList<long> shape = Values.Shape, spread = Scales.Shape;
        if (spread.Count > shape.Count || spread.Where((n, i) => n != 1 && n != shape[shape.Count - spread.Count + i]).Any())
            throw new ArrayFormatException("weights", Scales.Name, $"Its shape, [{string.Join(", ", spread)}], does not spread over [{string.Join(", ", shape)}], the shape of '{Values.Name}' in 8 bits.");
        float[] values = Values.ToSingles(), scales = Scales.ToSingles();
        for (int i = 0; i < values.Length; i++)
        {
            long at = 0, rest = i;
            for (int axis = spread.Count - 1, stride = 1; axis >= 0; axis--)
            {
                long size = shape[shape.Count - spread.Count + axis];
                if (spread[axis] != 1) at += rest % size * stride;
                (rest, stride) = (rest / size, stride * (int)spread[axis]);
            }
            values[i] *= scales[at];
        }
        return new NamedArray(Values.Name, shape, values);
    }
}

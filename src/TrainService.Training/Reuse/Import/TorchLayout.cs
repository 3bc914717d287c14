using TrainService.Formats;
using TrainService.NeuralNet.Graph;

namespace TrainService.Training.Reuse.Import;

/// <summary>
/// From PyTorch's layouts to Keras's: convolutions [out, in, h, w] to [h, w, in, out], transposed ones [in, out, h, w] to [h, w, out, in], depthwise ones
/// [in · mult, 1, h, w] to [h, w, in, mult], dense [out, in] to [in, out]. Behind a flattened image a dense layer's inputs also change their order:
/// PyTorch flattens [channels, h, w], this network [h, w, channels].
/// </summary>
internal static class TorchLayout
{
    /// <returns>Null when nothing changes.</returns>
    public static (Func<NamedArray> Read, string Says)? Change(NamedArray array, NetworkLayer layer, string role, Network network)
    {
        IReadOnlyList<long> shape = array.Shape;
        return (layer.Layer.TypeName, role, shape.Count) switch
        {
            ("conv2d" or "conv2d_transpose", "kernel", 4) => Turn([2, 3, 1, 0], "transposed"),
            ("conv1d", "kernel", 3) => Turn([2, 1, 0], "transposed"),
            ("depthwise_conv2d", "kernel", 4) when Inputs(layer) is var inputs && shape[0] % inputs == 0 && shape[1] == 1
                => (() => Permute(array.Name, [inputs, shape[0] / inputs, shape[2], shape[3]], array.ToSingles(), [2, 3, 0, 1]), "transposed"),
            ("dense", "kernel", 2) when FlattenedImage(layer, network) is [var h, var w, var c] && h * w > 1 && h * w * c == shape[1]
                => (() => As(Permute(array.Name, [shape[0], c, h, w], array.ToSingles(), [2, 3, 1, 0]), [shape[1], shape[0]]), "transposed, its inputs from [channels, height, width] to [height, width, channels]"),
            ("dense", "kernel", 2) => Turn([1, 0], "transposed"),
            ("batch_normalization", _, 1) when FlattenedImage(layer, network) is [var h, var w, var c] && h * w > 1 && h * w * c == shape[0]
                => (() => As(Permute(array.Name, [c, h, w], array.ToSingles(), [1, 2, 0]), shape), "from [channels, height, width] to [height, width, channels]"),
            _ => null,
        };

        (Func<NamedArray>, string) Turn(int[] axes, string says) => (() => Permute(array.Name, shape, array.ToSingles(), axes), says);
    }

    private static long Inputs(NetworkLayer layer) => layer.InputShapes[0].Axes[^1];

    private static NamedArray As(NamedArray array, IReadOnlyList<long> shape) => new(array.Name, shape, array.ToSingles());

    /// <summary>The image that a layer's input was before it was flattened; null when there is none.</summary>
    private static IReadOnlyList<long>? FlattenedImage(NetworkLayer layer, Network network)
    {
        for (int at = layer.Inputs[0]; at >= 0; at = network.Layers[at].Inputs[0])
        {
            NetworkLayer before = network.Layers[at];
            if (before.Layer.TypeName == "flatten") return [.. before.InputShapes[0].Axes.Select(n => (long)n)];
            // Whatever leaves each number in its place.
            if ((before.Parameters.Count > 0 && before.Layer.TypeName != "batch_normalization") || before.Inputs.Count != 1 || before.InputShapes[0] != before.OutputShape) return null;
        }
        return null;
    }

    /// <summary>Axis i of the result is axis <paramref name="axes"/>[i] of the source.</summary>
    private static NamedArray Permute(string name, IReadOnlyList<long> shape, float[] source, int[] axes)
    {
        int rank = shape.Count;
        long[] strides = new long[rank], turned = [.. axes.Select(a => shape[a])];
        strides[^1] = 1;
        for (int i = rank - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1];
        float[] result = new float[source.Length];
        long[] index = new long[rank];
        for (int i = 0; i < result.Length; i++)
        {
            long from = 0;
            for (int k = 0; k < rank; k++) from += index[k] * strides[axes[k]];
            result[i] = source[from];
            for (int k = rank - 1; k >= 0 && ++index[k] == turned[k]; k--) index[k] = 0;
        }
        return new NamedArray(name, turned, result);
    }
}

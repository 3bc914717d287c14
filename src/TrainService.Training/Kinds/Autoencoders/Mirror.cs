using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors;
using TrainService.Training.Models;

namespace TrainService.Training.Kinds.Autoencoders;

/// <summary>
/// The layers that lead back from what a stack puts out to what it takes in. Each layer that changes the shape is answered by its counterpart, from the last
/// to the first; what followed a layer in the encoder (its activation, normalization) follows the counterpart of the layer behind it, which gives numbers of
/// the same place. Noise and dropout are left away. The last counterpart with weights gets the activation of the output.
/// </summary>
internal sealed class Mirror(SpecErrors errors)
{
    private static readonly HashSet<string> LeftAway = new(StringComparer.Ordinal)
    {
        "dropout", "alpha_dropout", "spatial_dropout1d", "spatial_dropout2d", "gaussian_dropout", "gaussian_noise", "masking_noise", "activity_regularization", "kl_sparsity",
    };

    private readonly List<ComponentValue> _made = [];
    private string _place = "";

    /// <param name="nodes">The stack, layer by layer.</param>
    /// <param name="layers">The same with their shapes.</param>
    /// <param name="output">Activation of what comes out.</param>
    /// <returns>Without names; null when a layer has no counterpart: told at its place.</returns>
    public IReadOnlyList<ComponentValue>? Of(IReadOnlyList<ModelNode> nodes, IReadOnlyList<NetworkLayer> layers, ComponentValue output)
    {
        int before = errors.Count;
        int first = Enumerable.Range(0, nodes.Count).FirstOrDefault(i => IsWeighted(nodes[i]), -1);
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            if (Follows(nodes[i])) continue;
            _place = nodes[i].Pointer;
            ComponentValue activation = i == first ? output : ActivationBefore(nodes, i);
            Answer(nodes[i], layers[i].InputShapes[0], layers[i].OutputShape, activation);
            if (i == first) continue;
            for (int k = FollowersFrom(nodes, i); k < i; k++)
                if (!LeftAway.Contains(nodes[k].Value.Descriptor.Name)) _made.Add(Bare(nodes[k].Value));
        }

        return errors.Count == before ? _made : null;
    }

    private void Answer(ModelNode node, Shape from, Shape to, ComponentValue activation)
    {
        ComponentValue layer = node.Value;
        switch (layer.Descriptor.Name)
        {
            case "dense":
                Add("dense", ("units", (long)from[-1]), ("activation", activation), ("kernel_initializer", Made.Initializer(activation.Descriptor.Name)));
                break;
            case "flatten" or "reshape":
                Add("reshape", ("target_shape", from.Axes.Select(n => (long)n).ToArray()));
                break;
            case "conv2d":
                Transpose(layer, from, to, activation);
                break;
            case "conv1d":
                long stride = layer.Arguments.Integers("strides")[0];
                if (stride > 1) Add("up_sampling1d", ("size", stride));
                Add("conv1d", ("filters", (long)from[-1]), ("kernel_size", layer.Arguments.Values["kernel_size"]), ("padding", "same"), ("activation", activation),
                    ("kernel_initializer", Made.Initializer(activation.Descriptor.Name)));
                FitLine(to[0] * (int)stride, from[0]);
                break;
            case "max_pooling2d" or "average_pooling2d":
                (int down, int across) = Strides(layer);
                Add("up_sampling2d", ("size", new long[] { down, across }));
                FitImage(to[0] * down, to[1] * across, from);
                break;
            case "max_pooling1d" or "average_pooling1d":
                int steps = Strides(layer).Down;
                Add("up_sampling1d", ("size", (long)steps));
                FitLine(to[0] * steps, from[0]);
                break;
            case "global_average_pooling2d" or "global_max_pooling2d":
                Add("reshape", ("target_shape", new long[] { 1, 1, from[-1] }));
                Add("up_sampling2d", ("size", new long[] { from[0], from[1] }));
                break;
            case "up_sampling2d" when Pair(layer, "size") is var (high, wide):
                Add("average_pooling2d", ("pool_size", new long[] { high, wide }));
                break;
            case "conv2d_transpose":
                (int y, int x) = Pair(layer, "strides");
                Add("conv2d", ("filters", (long)from[-1]), ("kernel_size", layer.Arguments.Values["kernel_size"]), ("strides", new long[] { y, x }), ("padding", layer.Arguments.Text("padding")),
                    ("activation", activation), ("kernel_initializer", Made.Initializer(activation.Descriptor.Name)));
                break;
            case "zero_padding2d":
                Add("cropping2d", ("cropping", layer.Arguments.Values["padding"]));
                break;
            case "cropping2d":
                Add("zero_padding2d", ("padding", layer.Arguments.Values["cropping"]));
                break;
            default:
                errors.Add(node.Pointer, "conflict", $"Layer '{node.Node.Name}' ({layer.Descriptor.Name}) has no counterpart that leads back: give the decoder's layers in decoder.", layer.Descriptor.Name);
                break;
        }
    }

    private void Transpose(ComponentValue layer, Shape from, Shape to, ComponentValue activation)
    {
        (int down, int across) = Pair(layer, "strides");
        (int high, int wide) = Pair(layer, "kernel_size");
        (int tall, int broad) = Pair(layer, "dilation_rate");
        bool same = layer.Arguments.Text("padding") == "same";
        Add("conv2d_transpose", ("filters", (long)from[-1]), ("kernel_size", new long[] { high, wide }), ("strides", new long[] { down, across }), ("dilation_rate", new long[] { tall, broad }),
            ("padding", same ? "same" : "valid"), ("activation", activation), ("kernel_initializer", Made.Initializer(activation.Descriptor.Name)));
        FitImage(Grown(to[0], down, high, tall), Grown(to[1], across, wide, broad), from);

        int Grown(int n, int stride, int kernel, int dilation) => (n * stride) + (same ? 0 : Math.Max(((kernel - 1) * dilation) + 1 - stride, 0));
    }

    // Windows that stuck out over the edge, or left some of it away.
    private void FitImage(int height, int width, Shape wanted)
    {
        (int down, int across) = (height - wanted[0], width - wanted[1]);
        if (down > 0 || across > 0) Add("cropping2d", ("cropping", Sides(Math.Max(down, 0), Math.Max(across, 0))));
        if (down < 0 || across < 0) Add("zero_padding2d", ("padding", Sides(Math.Max(-down, 0), Math.Max(-across, 0))));
    }

    private static System.Text.Json.JsonElement Sides(int down, int across)
        => System.Text.Json.JsonSerializer.SerializeToElement(new int[][] { [down / 2, down - (down / 2)], [across / 2, across - (across / 2)] });

    private void FitLine(int length, int wanted)
    {
        if (length > wanted) Add("cropping1d", ("cropping", new long[] { 0, length - wanted }));
        if (length < wanted) Add("zero_padding1d", ("padding", new long[] { 0, wanted - length }));
    }

    private void Add(string type, params ReadOnlySpan<(string, object?)> arguments) => _made.Add(Made.Layer(type, null, _place, arguments));

    // One without a name of its own, its weights drawn anew.
    private ComponentValue Bare(ComponentValue layer) => Made.With(Made.With(Made.With(layer, LayerArguments.Name, null), LayerArguments.InputShape, null), LayerArguments.Trainable, true) with { Place = _place };

    private static ComponentValue ActivationBefore(IReadOnlyList<ModelNode> nodes, int index)
        => nodes.Take(index).LastOrDefault(IsWeighted)?.Value.Arguments.OptionalValue("activation") ?? Made.Activation("linear");

    private static int FollowersFrom(IReadOnlyList<ModelNode> nodes, int index)
    {
        int from = index;
        while (from > 0 && Follows(nodes[from - 1])) from--;
        return from;
    }

    /// <summary>It has weights that meet every input, and an activation of its own.</summary>
    public static bool IsWeighted(ModelNode node) => ModelDefaults.IsWeighted(node.Value);

    /// <summary>It hands numbers on in the same places.</summary>
    public static bool Follows(ModelNode node)
        => LeftAway.Contains(node.Value.Descriptor.Name) || node.Value.Descriptor.Name.EndsWith("_normalization", StringComparison.Ordinal)
            || (!IsWeighted(node) && (node.Value.Descriptor.Name is "activation" or "prelu" or "scalar_bias" or "scalar_multiplier" || JobActivations.Contains(node.Value.Descriptor.Name)));

    private static readonly HashSet<string> JobActivations = [.. NeuralNet.Catalog.Registries.Activations.Descriptors.Select(d => d.Name)];

    private static (int Down, int Across) Strides(ComponentValue pooling) => Pair(pooling, pooling.Arguments.Has("strides") ? "strides" : "pool_size");

    private static (int Down, int Across) Pair(ComponentValue layer, string name) => layer.Arguments.Values[name] switch
    {
        IReadOnlyList<long> list => ((int)list[0], (int)list[^1]),
        long one => ((int)one, (int)one),
        _ => (1, 1),
    };
}

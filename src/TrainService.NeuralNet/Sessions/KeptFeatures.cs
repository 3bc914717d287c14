using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Plan.Inference;
using TrainService.NeuralNet.State;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Sessions;

/// <summary>How much memory training takes to keep what a frozen base gives for each row, worked out from the network alone.</summary>
public static class KeptFeatures
{
    /// <summary>Bytes for so many rows, held to what a session grants them; 0 for a network without a frozen base.</summary>
    /// <param name="rows">Of the training or of the validation rows: each keep their own.</param>
    public static double Bytes(Network network, double rows) => Math.Min(FixedFeatures.DefaultMemory, rows * RowLength(network) * sizeof(float));

    /// <summary>The part of so many rows whose features there is room for: 0 to 1; 0 for a network without a frozen base.</summary>
    /// <inheritdoc cref="Bytes"/>
    public static double Share(Network network, double rows)
    {
        double wanted = rows * RowLength(network) * sizeof(float);
        return wanted == 0 ? 0 : Math.Min(1, FixedFeatures.DefaultMemory / wanted);
    }

    /// <summary>The layers whose outputs need not be worked out again for a row that is kept; none for a network without a frozen base.</summary>
    public static IEnumerable<NetworkLayer> Base(Network network) => RowLength(network) == 0 ? [] : FixedLayers(network).Select(i => network.Layers[i]);

    /// <summary>
    /// Floats that are kept of a row: the outputs of layers below all that learns which the others read. A layer that is random ends the base too; as it
    /// gives out as many numbers as it takes in, that makes no difference here.
    /// </summary>
    private static long RowLength(Network network)
    {
        HashSet<int> fixedLayers = FixedLayers(network);
        if (fixedLayers.Contains(network.Output.Index) || !fixedLayers.Any(i => HasParameters(network.Layers[i]))) return 0;
        return network.Layers.Where(l => !fixedLayers.Contains(l.Index)).SelectMany(l => l.Inputs).Where(fixedLayers.Contains).Distinct()
            .Sum(i => Laid(network.Layers[i].OutputShape));
    }

    private static HashSet<int> FixedLayers(Network network)
    {
        HashSet<int> fixedLayers = [];
        foreach (NetworkLayer layer in network.Layers)
        {
            bool learns = layer.Node.Trainable && HasParameters(layer);
            if (!learns && layer.Inputs.All(i => i < 0 || fixedLayers.Contains(i))) fixedLayers.Add(layer.Index);
        }

        return fixedLayers;
    }

    /// <summary>Floats of a value in a plan: pixels, and rows without any, are whole vectors.</summary>
    private static long Laid(Shape shape) => shape.Rank < 2 ? Padding.Up(shape.Size) : shape.Size / shape[-1] * Padding.Up(shape[-1]);

    private static bool HasParameters(NetworkLayer layer) => layer.Layer.Parameters(layer.InputShapes).Count > 0;
}

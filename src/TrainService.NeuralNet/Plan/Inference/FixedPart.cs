using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>
/// The layers whose values depend on the inputs and on frozen parameters alone: the frozen base of a network that learns something new on top. They
/// cost a forward pass at most, and the same row always gives the same values.
/// </summary>
/// <param name="Cut">Indices of the layers whose values the rest of the network reads, ascending.</param>
/// <param name="Layers">Indices of all of them.</param>
internal sealed record FixedPart(IReadOnlyList<int> Cut, IReadOnlySet<int> Layers)
{
    /// <summary>Null when there are no frozen parameters below what learns, or nothing learns at all.</summary>
    public static FixedPart? Of(NetworkState state)
    {
        Network network = state.Network;
        HashSet<int> layers = Find(state);
        bool worthwhile = layers.Any(i => network.Layers[i].Layer.Parameters(network.Layers[i].InputShapes).Count > 0);
        if (!worthwhile || layers.Contains(network.Output.Index)) return null;
        int[] cut = [.. network.Layers.Where(l => !layers.Contains(l.Index)).SelectMany(l => l.Inputs).Where(layers.Contains).Distinct().Order()];
        return new FixedPart(cut, layers);
    }

    private static HashSet<int> Find(NetworkState state)
    {
        // Built only to see what each layer asks for.
        PlanBuilder probe = new(state, 1, training: false, dropout: true, null, null);
        Network network = state.Network;
        Value input = probe.AddInput();
        Value[] values = new Value[network.Layers.Count];
        HashSet<int> found = [];
        foreach (NetworkLayer layer in network.Layers)
        {
            if (layer.Inputs.Any(i => i >= 0 && !found.Contains(i))) continue;
            if (layer.Node.Trainable && layer.Layer.Parameters(layer.InputShapes).Count > 0) continue;
            int penalties = probe.ActivityPenalties.Count;
            probe.AskedForDropout = false;
            Value value = layer.Layer.Build(new LayerBuild(probe, layer, [.. layer.Inputs.Select(i => i < 0 ? input : values[i])]));
            if (probe.AskedForDropout || probe.ActivityPenalties.Count > penalties) continue;
            values[layer.Index] = value;
            found.Add(layer.Index);
        }

        return found;
    }
}

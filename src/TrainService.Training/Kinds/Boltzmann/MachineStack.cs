using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Layers.Images;
using TrainService.Specification.Reading;

namespace TrainService.Training.Kinds.Boltzmann;

/// <summary>A layer that is taught as a machine.</summary>
/// <param name="Layer">In the model's network.</param>
/// <param name="TakesRows">It takes the dataset's rows as they are; otherwise what the layers below it make of them.</param>
internal sealed record TaughtLayer(NetworkLayer Layer, bool TakesRows)
{
    public int Visible => Layer.InputShapes[0][0];

    public int Hidden => Layer.OutputShape[0];
}

/// <summary>Which layers of a network are taught as machines, from below.</summary>
internal static class MachineStack
{
    /// <param name="names">As the job has them; null for all that can be, from below.</param>
    /// <param name="pointer">Of a layer, by its index.</param>
    /// <returns>Empty when there were errors.</returns>
    public static IReadOnlyList<TaughtLayer> Of(Network network, IReadOnlyList<string>? names, Func<int, string> pointer, SpecErrors errors)
    {
        const string Layers = "/pretrain_rbm/layers";
        int before = errors.Count;
        List<NetworkLayer> taught = [];
        if (names is null)
        {
            taught.AddRange(network.Layers.Where(l => l.Layer is Dense).TakeWhile(l => Objection(l) is null));
            if (taught.Count == 0)
                errors.Add("/model", "conflict", "No layer can be taught as a machine: the first dense layer must take a row of numbers (flatten before it), have a bias, and go through sigmoid.");
        }
        else
        {
            for (int i = 0; i < names.Count; i++)
            {
                if (network.Layers.FirstOrDefault(l => l.Name == names[i]) is not { } layer)
                    errors.Add($"{Layers}/{i}", "unknown_layer", "The model has no such layer.", names[i], NearestName.Of(names[i], network.Layers.Select(l => l.Name)));
                else if (Objection(layer) is { } objection) errors.Add(pointer(layer.Index), "conflict", $"Layer '{layer.Name}' can't be taught as a machine: {objection}.");
                else if (taught.Count > 0 && taught[^1].Index >= layer.Index) errors.Add($"{Layers}/{i}", "conflict", "Layers are named from below, each once.", names[i]);
                else taught.Add(layer);
            }
        }
        for (int i = 1; i < taught.Count && errors.Count == before; i++)
            if (Below(network, taught[i]) != taught[i - 1].Index)
                errors.Add(pointer(taught[i].Index), "conflict", $"Between '{taught[i - 1].Name}' and '{taught[i].Name}' nothing but dropout may stand: a machine takes the probabilities of the one below it.");
        return errors.Count > before ? [] : [.. taught.Select(l => new TaughtLayer(l, TakesRows(network, l)))];
    }

    private static string? Objection(NetworkLayer layer) => layer.Layer switch
    {
        not Dense => "it is no dense layer",
        Dense { UseBias: false } => "it has no bias",
        Dense { Activation.IsSigmoid: false } => "its activation is not sigmoid",
        _ when layer.InputShapes[0].Rank != 1 => "it takes no row of numbers; put flatten before it",
        _ when layer.Node.SharedWith is not null => "it shares the weights of another",
        _ when !layer.Node.Trainable => "it is frozen",
        _ => null,
    };

    /// <summary>The layer whose values it gets, dropout aside; -1 for the input.</summary>
    private static int Below(Network network, NetworkLayer layer)
    {
        int at = layer.Inputs[0];
        while (at >= 0 && network.Layers[at].Layer.TypeName is "dropout") at = network.Layers[at].Inputs[0];
        return at;
    }

    private static bool TakesRows(Network network, NetworkLayer layer)
    {
        int at = layer.Inputs[0];
        while (at >= 0 && network.Layers[at].Layer is Flatten or Reshape or Dropout) at = network.Layers[at].Inputs[0];
        return at < 0;
    }
}

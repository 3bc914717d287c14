using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Sessions;

/// <summary>Shows layers that are fitted rather than trained (<see cref="IFitted"/>) what they will get, once, before training.</summary>
public static class LayerFitting
{
    private const int Batch = 256;

    /// <summary>Names what the network's input is called in the part of it that is run.</summary>
    private const string Input = "(input)";

    /// <param name="keeps">Layers that have been fitted elsewhere.</param>
    /// <returns>Names of the layers that were fitted, in order: each sees what those before it make of the rows.</returns>
    public static IReadOnlyList<string> Run(NetworkState state, RowSource inputs, ComputeTeam team, Func<string, bool> keeps)
    {
        List<string> fitted = [];
        foreach (NetworkLayer layer in state.Network.Layers)
        {
            if (layer.Layer is not IFitted { NeedsFit: true } fits || layer.Node.SharedWith is not null || keeps(layer.Name)) continue;
            IFit fit = fits.Begin(layer.InputShapes[0]);
            Show(state, layer.Inputs[0], inputs, team, fit);
            foreach ((string role, float[] values) in fit.Finish()) state.Find($"{layer.Name}/{role}")!.Write(values);
            fitted.Add(layer.Name);
        }

        return fitted;
    }

    private static void Show(NetworkState state, int source, RowSource inputs, ComputeTeam team, IFit fit)
    {
        if (source < 0)
        {
            float[] row = new float[inputs.RowLength];
            for (int i = 0; i < inputs.Count; i++)
            {
                inputs.CopyRow(i, row);
                fit.Add(row);
            }

            return;
        }

        using NetworkState part = new(Upto(state.Network, source));
        foreach (Parameter p in part.Parameters)
        {
            float[] values = new float[p.Shape.Size];
            state.Find(p.Name)!.Read(values);
            p.Write(values);
        }

        int length = checked((int)part.Network.OutputShape.Size), batch = Math.Min(Batch, inputs.Count);
        using InferenceSession session = new(part, batch, team);
        float[] outputs = new float[batch * length];
        for (int start = 0; start < inputs.Count; start += batch)
        {
            int[] rows = [.. Enumerable.Range(start, Math.Min(batch, inputs.Count - start))];
            session.Predict(inputs, rows, outputs);
            for (int r = 0; r < rows.Length; r++) fit.Add(outputs.AsSpan(r * length, length));
        }
    }

    /// <summary>The layers that lead to one of them, which is the output.</summary>
    private static Network Upto(Network network, int last)
    {
        SortedSet<int> needed = [last];
        for (int i = last; i >= 0; i--)
        {
            if (!needed.Contains(i)) continue;
            foreach (int input in network.Layers[i].Inputs.Where(k => k >= 0)) needed.Add(input);
            if (network.Layers[i].Node.SharedWith is { } owner) needed.Add(network.Layers.First(l => l.Name == owner).Index);
        }

        return Network.Build([.. needed.Select(i => network.Layers[i]).Select(l => l.Node with { Inputs = [.. l.Inputs.Select(k => k < 0 ? Input : network.Layers[k].Name)] })],
            network.InputShape, Input);
    }
}

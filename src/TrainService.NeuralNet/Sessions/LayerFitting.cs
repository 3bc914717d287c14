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

        using NetworkState part = new(state.Network.Upto(source));
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
}

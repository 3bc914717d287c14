using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Layers;

/// <summary>The gradients of one batch, as a step of plain gradient descent with rate 1 shows them.</summary>
internal static class GradientsOf
{
    public static Dictionary<string, float[]> Run(IReadOnlyList<LayerNode> layers, Shape input, RowSource x, RowSource y, int threads = 1)
    {
        using NetworkState state = new(Network.Build(layers, input));
        state.Initialize(5);
        Dictionary<string, float[]> before = Read(state);
        using ComputePool pool = new(threads);
        using ComputeTeam team = pool.Lease(threads);
        using TrainingSession session = new(state, new TrainingOptions
        {
            Loss = Parts.Of<Loss>("loss", "mse"), Optimizer = Parts.Of<NeuralNet.Optimizers.Optimizer>("optimizer", "sgd"), BatchSize = x.Count, Seed = 1,
        }, team);
        session.Step(x, y, default, [.. Enumerable.Range(0, x.Count)], 1f);
        return Read(state).ToDictionary(p => p.Key, p => p.Value.Zip(before[p.Key], (after, start) => start - after).ToArray());
    }

    private static Dictionary<string, float[]> Read(NetworkState state) => state.Parameters.ToDictionary(p => p.Name, p =>
    {
        float[] values = new float[p.Shape.Size];
        p.Read(values);
        return values;
    });
}

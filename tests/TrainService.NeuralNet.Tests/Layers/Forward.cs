using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Layers;

/// <summary>What a few layers put out, in inference.</summary>
internal static class Forward
{
    public static float[] Run(string layers, Shape input, float[] x, int threads = 1, Action<NetworkState>? prepare = null)
        => Run(Parts.Layers(layers), input, x, threads, prepare);

    /// <param name="x">One or more samples, one after the other.</param>
    public static float[] Run(IReadOnlyList<LayerNode> layers, Shape input, float[] x, int threads = 1, Action<NetworkState>? prepare = null)
    {
        Network network = Network.Build(layers, input);
        using NetworkState state = new(network);
        state.Initialize(5);
        prepare?.Invoke(state);
        using ComputePool pool = new(threads);
        using ComputeTeam team = pool.Lease(threads);
        int length = (int)input.Size, count = x.Length / length;
        using InferenceSession session = new(state, count, team);
        float[] outputs = new float[count * (int)network.OutputShape.Size];
        session.Predict(new FloatRows(x, length), [.. Enumerable.Range(0, count)], outputs);
        return outputs;
    }

    /// <summary>Normal numbers for so many samples.</summary>
    public static float[] Sample(Shape shape, int count = 1, uint stream = 1)
    {
        float[] x = new float[count * (int)shape.Size];
        TestRows.Normal(1, x.Length, stream).CopyRow(0, x);
        return x;
    }

    public static void ShouldBeNear(float[] values, float[] expected, double tolerance = 1e-5)
    {
        values.Length.ShouldBe(expected.Length);
        for (int i = 0; i < values.Length; i++) values[i].ShouldBe(expected[i], tolerance, $"number {i}");
    }
}

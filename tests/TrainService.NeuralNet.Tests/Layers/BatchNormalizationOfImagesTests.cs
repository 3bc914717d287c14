using TrainService.NeuralNet.State;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Layers;

public sealed class BatchNormalizationOfImagesTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(21)]
    public void Inference_uses_the_moving_statistics(int channels)
    {
        Shape shape = new(9, 8, channels);
        float[] x = Forward.Sample(shape, 2), mean = Forward.Sample(new(channels), 1, 2), gamma = Forward.Sample(new(channels), 1, 3), beta = Forward.Sample(new(channels), 1, 4);
        float[] variance = [.. Forward.Sample(new(channels), 1, 5).Select(v => v * v)];
        float[] y = Forward.Run("""["batch_normalization"]""", shape, x, threads: 2, prepare: state =>
        {
            state.Find("l0/gamma")!.Write(gamma);
            state.Find("l0/beta")!.Write(beta);
            state.Find("l0/moving_mean")!.Write(mean);
            state.Find("l0/moving_variance")!.Write(variance);
        });
        Forward.ShouldBeNear(y, [.. x.Select((v, i) => (float)(((v - mean[i % channels]) * (double)gamma[i % channels] / Math.Sqrt(variance[i % channels] + 1e-3)) + beta[i % channels]))], 1e-4);
    }

    // The layer's input is the same for every sample of the batch (kernel 0): its mean and biased variance are known, even far from 0.
    [Theory]
    [InlineData(0f)]
    [InlineData(1000f)]
    public void Training_moves_the_moving_statistics_by_the_mean_and_the_biased_variance(float away)
    {
        using NetworkState state = new(Graph.Network.Build(Parts.Layers("""
            [{"type": "dense", "units": 240, "kernel_initializer": "zeros"}, {"type": "reshape", "target_shape": [10, 8, 3]}, {"type": "batch_normalization", "momentum": 0.5}]
            """), new Shape(2)));
        state.Initialize(1);
        float[] bias = [.. Forward.Sample(new(240)).Select(v => v + away)];
        state.Find("l0/bias")!.Write(bias);
        using Tensors.Threading.ComputePool pool = new(2);
        using Tensors.Threading.ComputeTeam team = pool.Lease(2);
        using NeuralNet.Sessions.TrainingSession session = new(state, new NeuralNet.Sessions.TrainingOptions
        {
            Loss = Parts.Of<NeuralNet.Losses.Loss>("loss", "mse"), Optimizer = Parts.Of<NeuralNet.Optimizers.Optimizer>("optimizer", "sgd"), BatchSize = 9, Seed = 1,
        }, team);
        session.Step(TestRows.Normal(9, 2, 1), TestRows.Normal(9, 240, 2), default, [0, 1, 2, 3, 4, 5, 6, 7, 8], 0f);
        for (int c = 0; c < 3; c++)
        {
            double[] cells = [.. Enumerable.Range(0, 80).Select(p => (double)bias[(p * 3) + c])];
            double mean = cells.Average(), variance = cells.Average(v => (v - mean) * (v - mean));
            Read("l2/moving_mean")[c].ShouldBe((float)(mean / 2), 1e-6 * (1 + away));
            Read("l2/moving_variance")[c].ShouldBe((float)((1 + variance) / 2), 1e-4);
        }

        float[] Read(string name)
        {
            float[] values = new float[3];
            state.Find(name)!.Read(values);
            return values;
        }
    }

    [Fact]
    public void Other_axes_than_the_last_are_refused()
        => Should.Throw<Graph.NetworkException>(() => Graph.Network.Build(Parts.Layers("""[{"type": "batch_normalization", "axis": 1}]"""), new Shape(4, 4, 2)))
            .Message.ShouldContain("last axis");
}

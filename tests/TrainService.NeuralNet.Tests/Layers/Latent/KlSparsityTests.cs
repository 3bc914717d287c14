using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Layers.Latent;

public sealed class KlSparsityTests
{
    [Fact]
    public void The_divergence_of_the_means_over_the_batch_joins_the_loss_while_training_and_evaluation_leaves_it_out()
    {
        using NetworkState state = new(Network.Build(Parts.Layers("""[{"type": "kl_sparsity", "target": 0.1, "weight": 0.5}]"""), new Shape(2)));
        using var pool = new ComputePool(2);
        using ComputeTeam team = pool.Lease(2);
        TestRows x = new([[0.2f, 0.9f], [0.4f, 0.5f], [0.3f, 0.1f]]);
        using TrainingSession session = new(state, new TrainingOptions { Loss = Parts.Of<Loss>("loss", "mse"), Optimizer = Parts.Of<Optimizer>("optimizer", "sgd"), BatchSize = 3, Seed = 3 }, team);
        using InferenceSession prediction = new(state, 3, team);

        session.Step(x, x, default, [0, 1, 2], 0).ShouldBe(0.5 * (Divergence(0.3) + Divergence(0.5)), 1e-6);
        prediction.Evaluate(x, x, default, [0, 1, 2], Parts.Of<Loss>("loss", "mse"), []).ToDictionary()["loss"].ShouldBe(0);

        static double Divergence(double q) => (0.1 * Math.Log(0.1 / q)) + (0.9 * Math.Log(0.9 / (1 - q)));
    }
}

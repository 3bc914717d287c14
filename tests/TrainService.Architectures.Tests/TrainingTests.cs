using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.Architectures.Tests;

public sealed class TrainingTests
{
    public static TheoryData<string> Names => [.. ArchitectureList.All.Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_trains_and_the_number_of_threads_changes_no_bit(string name)
    {
        double[] one = Losses(name, 1);
        one.ShouldAllBe(l => double.IsFinite(l));
        one.Distinct().Count().ShouldBe(one.Length, "nothing changes from step to step");
        Losses(name, 3).ShouldBe(one);
    }

    private static double[] Losses(string name, int threads)
    {
        Architecture architecture = ArchitectureList.Find(name)!;
        int size = architecture.LeastSize, length = size * size * 3;
        ArchitectureGraph graph = architecture.Build(new ArchitectureOptions { Classes = 3, InputShape = [size, size, 3], Alpha = 0.35 });
        using NetworkState state = new(graph.ToNetwork());
        state.Initialize(1);
        using ComputePool pool = new(threads);
        using ComputeTeam team = pool.Lease(threads);
        var loss = (Loss)NeuralNet.Catalog.Registries.All.WithDefaults("loss", "sparse_categorical_crossentropy").Create();
        var optimizer = (Optimizer)NeuralNet.Catalog.Registries.All.WithDefaults("optimizer", "sgd").Create();
        using TrainingSession session = new(state, new TrainingOptions { Loss = loss, Optimizer = optimizer, BatchSize = 4, Seed = 1 }, team);
        FloatRows x = new(Enumerable.Range(0, 4 * length).Select(i => MathF.Sin(i * 0.7f)).ToArray(), length), y = new(new float[] { 0, 1, 2, 1 }, 1);
        return [.. Enumerable.Range(0, 2).Select(_ => session.Step(x, y, default, [0, 1, 2, 3], 0.01f))];
    }
}

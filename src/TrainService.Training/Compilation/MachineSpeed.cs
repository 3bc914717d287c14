using System.Diagnostics;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.Training.Compilation;

/// <summary>What one thread of this machine computes, found out once by training a small network for a moment.</summary>
internal sealed class MachineSpeed
{
    private const int Width = 256, Batch = 64, WarmUp = 3, Steps = 12;

    /// <summary>A step's own cost beside its arithmetic: handing work to threads, drawing rows, metrics.</summary>
    private const double SecondsPerStep = 40e-6, SecondsPerRow = 0.5e-6;

    /// <summary>How much of each further thread's speed arrives.</summary>
    private const double Scaling = 0.85;

    private readonly Lazy<Task<double>> _flops;

    public MachineSpeed(ComputePool pool) => _flops = new Lazy<Task<double>>(() => Task.Run(() => Measure(pool)));

    /// <summary>Begins to measure; later questions find the answer ready.</summary>
    public void WarmUpNow() => _ = _flops.Value;

    /// <param name="network">What is frozen in it costs its forward pass only.</param>
    /// <param name="validationRows">Cost a forward pass.</param>
    public async Task<double> SecondsPerEpochAsync(Network network, long rows, long steps, long validationRows, int threads)
    {
        double speed = await _flops.Value.ConfigureAwait(false) * (1 + (Scaling * (threads - 1)));
        double work = ((double)network.TrainingFlops * rows) + ((double)network.Flops * validationRows);
        return (work / speed) + (steps * SecondsPerStep) + ((rows + validationRows) * SecondsPerRow);
    }

    // Floating-point operations a second of a training step on one thread: the better of short rounds, since others may be computing too.
    private static double Measure(ComputePool pool)
    {
        using ComputeTeam team = pool.LeaseBeside();
        Vocabulary words = JobVocabulary.All;
        Arguments arguments = words.Defaults(words["layer"].Find("dense")!.Arguments).With("units", (long)Width);
        Layer Dense() => (Layer)words["layer"].Find("dense")!.CreateObject(arguments);
        Network network = Network.Build([new LayerNode("a", Dense()), new LayerNode("b", Dense())], new Shape(Width));
        using var state = new NetworkState(network);
        state.Initialize(1);
        using var session = new TrainingSession(state, new TrainingOptions
        {
            Loss = (Loss)words.WithDefaults("loss", "mse").Create(),
            Optimizer = (Optimizer)words.WithDefaults("optimizer", "sgd").Create(),
            BatchSize = Batch,
        }, team);
        var rows = new FloatRows(new float[Batch * Width], Width);
        int[] batch = [.. Enumerable.Range(0, Batch)];
        for (int i = 0; i < WarmUp; i++) session.Step(rows, rows, default, batch, 0.01f);
        double best = double.PositiveInfinity;
        for (int i = 0; i < Steps; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            session.Step(rows, rows, default, batch, 0.01f);
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }
        return 3.0 * network.Flops * Batch / best;
    }
}

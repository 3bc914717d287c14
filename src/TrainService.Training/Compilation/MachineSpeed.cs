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

    /// <summary>
    /// A thread's time for each number that a layer puts out, its gradient included, and for one that augmentation makes. Measured on Zen 5: without the first, MobileNetV2
    /// would seem to take 0.4 of what it does.
    /// </summary>
    private const double SecondsPerNumber = 0.5e-9, SecondsPerChangedNumber = 5e-9;

    /// <summary>How much of each further thread's speed arrives.</summary>
    private const double Scaling = 0.85;

    private readonly Lazy<Task<double>> _flops;

    public MachineSpeed(ComputePool pool) => _flops = new Lazy<Task<double>>(() => Task.Run(() => Measure(pool)));

    /// <summary>Begins to measure; later questions find the answer ready.</summary>
    public void WarmUpNow() => _ = _flops.Value;

    /// <summary>Seconds of an epoch on so many threads: 0.75 to 1.7 times what the training workloads of the benchmarks take on two (a quarter of it where steps on kept features take 0.2 ms).</summary>
    public async Task<double> SecondsAsync(EpochWork work, int threads)
    {
        double speed = await _flops.Value.ConfigureAwait(false), together = 1 + (Scaling * (threads - 1));
        double shared = (work.Flops / speed) + (work.Numbers * SecondsPerNumber) + (work.ChangedNumbers * SecondsPerChangedNumber);
        return (shared / together) + (work.Steps * SecondsPerStep) + (work.Rows * SecondsPerRow);
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

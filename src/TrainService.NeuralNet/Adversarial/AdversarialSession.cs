using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Adversarial;

/// <summary>
/// Trains a generator and a discriminator against each other (Goodfellow 2014, arXiv:1406.2661; the generator's loss is the one that does not
/// saturate). Its whole state is both networks', both optimizers' slots, the number of steps and the running totals: put these back, and the next
/// step gives the same bits as if nothing had happened between.
/// </summary>
/// <remarks>
/// The generator learns in a chain of the two networks over the discriminator's own numbers, which stay as they are: no second copy, no gradient of
/// its weights, and its moving statistics do not move. There, too, batch normalization goes by the batch.
/// </remarks>
public sealed class AdversarialSession : IDisposable
{
    /// <summary>Before the discriminator's layers in the chain.</summary>
    public const string Prefix = "discriminator/";

    private const uint FakesStream = 1, ChainStream = 2;

    private readonly AdversarialOptions _options;
    private readonly NetworkState _chained;
    private readonly GeneratedRows _fakes;
    private readonly LatentRows _fakeLatents, _latents;
    private readonly ConstantRows _real, _fake, _wished;
    private readonly int[] _rows;

    public AdversarialSession(NetworkState generator, NetworkState discriminator, AdversarialOptions options, ComputeTeam team)
    {
        if (options.DiscriminatorOptimizer.Settings.AccumulationSteps % 2 != 0)
            throw new ArgumentException("The discriminator's optimizer has to gather a real and a generated batch for an update.", nameof(options));
        _options = options;
        _chained = NetworkState.Chain(generator, discriminator, Prefix);
        int answers = checked((int)discriminator.Network.OutputShape.Size);
        (_real, _fake, _wished) = (new ConstantRows((float)(1 - options.LabelSmoothing), answers), new ConstantRows(0f, answers), new ConstantRows(1f, answers));
        _fakeLatents = new LatentRows(options.Seed, options.LatentSize, options.Latents, FakesStream);
        _latents = new LatentRows(options.Seed, options.LatentSize, options.Latents, ChainStream);
        _rows = [.. Enumerable.Range(0, options.BatchSize)];
        SideAccuracy[] metrics = [new(options.Middle)];
        (Real, Fake) = (new RunningTotals(metrics), new RunningTotals(metrics));
        _fakes = new GeneratedRows(generator, options.BatchSize, options.Seed, team);
        TrainingOptions common = new() { Loss = options.Loss, Optimizer = options.DiscriminatorOptimizer, BatchSize = options.BatchSize, Seed = options.Seed, Metrics = metrics };
        Discriminator = new TrainingSession(discriminator, common, team);
        Generator = new TrainingSession(_chained, common with { Optimizer = options.GeneratorOptimizer, Metrics = [] }, team);
    }

    /// <summary>Steps done: updates of the discriminator.</summary>
    public long Steps { get; set; }

    /// <summary>The generator's training, through the discriminator. Its running loss is the generator's.</summary>
    public TrainingSession Generator { get; }

    /// <summary>The discriminator's training: by turns a real batch and a generated one.</summary>
    public TrainingSession Discriminator { get; }

    /// <summary>The discriminator's loss and accuracy on real pictures.</summary>
    public RunningTotals Real { get; }

    /// <summary>The discriminator's loss and accuracy on generated ones.</summary>
    public RunningTotals Fake { get; }

    /// <summary>Floats that activations and gradients take.</summary>
    public long ArenaLength => Discriminator.ArenaLength + Generator.ArenaLength + _fakes.ArenaLength;

    /// <summary>One update of the discriminator, and those of the generator when it is its turn.</summary>
    /// <param name="real">Pictures.</param>
    /// <param name="rows">At most <see cref="AdversarialOptions.BatchSize"/>; as many generated ones are put beside them.</param>
    /// <param name="gatherNorms">Have gradient norms worked out.</param>
    /// <exception cref="NonFiniteLossException">A loss is no finite number; the network that it is of is as it was before the step.</exception>
    public void Step(RowSource real, ReadOnlySpan<int> rows, float discriminatorRate, float generatorRate, bool gatherNorms = false)
    {
        _fakeLatents.Draw = Steps;
        _fakes.Make(_fakeLatents, Steps);
        Discriminator.Totals = Real;
        Discriminator.Step(real, _real, default, rows, discriminatorRate);
        Discriminator.Totals = Fake;
        Discriminator.Step(_fakes, _fake, default, _rows.AsSpan(0, rows.Length), discriminatorRate, gatherNorm: gatherNorms);
        Steps++;
        if (Steps % _options.DiscriminatorSteps != 0) return;
        for (int i = 0; i < _options.GeneratorSteps; i++)
        {
            _latents.Draw = Generator.Iterations;
            Generator.Step(_latents, _wished, default, _rows, generatorRate, gatherNorm: gatherNorms && i == _options.GeneratorSteps - 1);
        }
    }

    public void Dispose()
    {
        Generator.Dispose();
        Discriminator.Dispose();
        _fakes.Dispose();
        _chained.Dispose();
    }
}

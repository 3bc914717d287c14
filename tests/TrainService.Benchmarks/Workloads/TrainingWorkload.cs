using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Randomness;
using TrainService.Tensors.Threading;

namespace TrainService.Benchmarks.Workloads;

/// <summary>A network in training: the same as the peers' workload of that name.</summary>
internal sealed class TrainingWorkload : Workload
{
    private readonly NetworkState _state;
    private readonly ComputePool? _ownPool;
    private readonly ComputeTeam _team;
    private readonly TrainingSession _session;
    private readonly RowSource _inputs;
    private readonly RowSource _targets;
    private readonly float _rate;
    private readonly int[] _order;
    private PhiloxStream _random = new(42, RandomPurpose.Shuffling, 0);
    private int _at;
    private double _loss;

    /// <param name="pool">Whose threads it computes on; null for a pool of its own.</param>
    public TrainingWorkload(Network network, Loss loss, Optimizer optimizer, float rate, int batch,
        (RowSource Inputs, RowSource Targets) data, int threads, ComputePool? pool, IReadOnlyList<Metric>? metrics = null, long? featureMemory = null)
    {
        Batch = batch;
        _rate = rate;
        (_inputs, _targets) = data;
        Network = network;
        Flops = Arithmetic.OfTraining(network);
        _state = new NetworkState(Network);
        _state.Initialize(42);
        _ownPool = pool is null ? new ComputePool(threads, lowerPriority: false) : null;
        _team = (pool ?? _ownPool!).Lease(threads);
        _session = new TrainingSession(_state, new TrainingOptions { Loss = loss, Optimizer = optimizer, BatchSize = batch, Seed = 42, Metrics = metrics ?? [], FeatureMemory = featureMemory }, _team);
        (Loss, Optimizer) = (loss, optimizer);
        _order = [.. Enumerable.Range(0, _inputs.Count)];
        _at = _order.Length;
    }

    public override int Batch { get; }

    public override double Flops { get; }

    public override Network Network { get; }

    public Loss Loss { get; }

    public Optimizer Optimizer { get; }

    public NetworkState State => _state;

    public RowSource Inputs => _inputs;

    public RowSource Targets => _targets;

    public override double LastLoss => _loss;

    public override void Step()
    {
        if (_at + Batch > _order.Length)
        {
            _random.Shuffle(_order);
            _at = 0;
        }

        _loss = _session.Step(_inputs, _targets, default, _order.AsSpan(_at, Batch), _rate);
        _at += Batch;
    }

    public override void Dispose()
    {
        _session.Dispose();
        _team.Dispose();
        _ownPool?.Dispose();
        _state.Dispose();
    }
}

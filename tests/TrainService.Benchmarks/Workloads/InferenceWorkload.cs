using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Randomness;
using TrainService.Tensors.Threading;

namespace TrainService.Benchmarks.Workloads;

/// <summary>A network that predicts one batch a step.</summary>
internal sealed class InferenceWorkload : Workload
{
    private readonly NetworkState _state;
    private readonly ComputePool? _ownPool;
    private readonly ComputeTeam _team;
    private readonly InferenceSession _session;
    private readonly RowSource _inputs;
    private readonly int[] _order;
    private readonly float[] _outputs;
    private PhiloxStream _random = new(42, RandomPurpose.Shuffling, 0);
    private int _at;

    /// <param name="pool">Whose threads it computes on; null for a pool of its own.</param>
    public InferenceWorkload(Network network, int batch, RowSource inputs, int threads, ComputePool? pool)
    {
        (Network, Batch, _inputs) = (network, batch, inputs);
        Flops = Arithmetic.OfInference(network);
        _state = new NetworkState(network);
        _state.Initialize(42);
        _ownPool = pool is null ? new ComputePool(threads, lowerPriority: false) : null;
        _team = (pool ?? _ownPool!).Lease(threads);
        _session = new InferenceSession(_state, batch, _team);
        _order = [.. Enumerable.Range(0, inputs.Count)];
        _at = _order.Length;
        _outputs = new float[batch * network.OutputShape.Size];
    }

    public override Network Network { get; }

    public override int Batch { get; }

    public override double Flops { get; }

    public NetworkState State => _state;

    public RowSource Inputs => _inputs;

    public override void Step()
    {
        if (_at + Batch > _order.Length)
        {
            _random.Shuffle(_order);
            _at = 0;
        }

        _session.Predict(_inputs, _order.AsSpan(_at, Batch), _outputs);
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

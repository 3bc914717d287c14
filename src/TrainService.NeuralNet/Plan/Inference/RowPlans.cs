using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>One <see cref="RowPlan"/> for each thread of a team: the rows of a batch are handed out a few at a time. Running them allocates nothing.</summary>
internal sealed class RowPlans : IDisposable
{
    /// <summary>Rows that a plan takes together at most: what keeps register tiles full and weights from being read too often.</summary>
    private const int MostRows = 64;

    /// <summary>Floats that the activations of one plan may take for more rows to be taken together (4 MB).</summary>
    private const long LargestArena = 1 << 20;

    /// <summary>Of a large network: a sixth of its parameters.</summary>
    private const int ParametersToArena = 6;

    private long _version = -1;

    private readonly RowPlan[] _plans;

    /// <param name="batch">Rows of a run at most.</param>
    /// <param name="outputs">See <see cref="RowPlan"/>.</param>
    /// <param name="features">Gives the values of the fixed part.</param>
    public RowPlans(NetworkState state, int batch, int threads, IReadOnlyCollection<int>? outputs = null, FixedFeatures? features = null)
    {
        RowPlan single = new(state, 1, outputs, features);
        // Kernels that don't stay in cache are worth fetching for several rows together.
        long largest = Math.Max(LargestArena, state.Parameters.Sum(p => p.Length) / ParametersToArena), each = (batch + threads - 1) / threads;
        long room = Math.Clamp(largest / Math.Max(1, single.ArenaLength), 1, MostRows), rounds = (each + room - 1) / room;
        Rows = (int)((each + rounds - 1) / rounds);
        _plans = new RowPlan[threads];
        for (int rank = 0; rank < threads; rank++)
        {
            _plans[rank] = Rows == 1 && rank == 0 ? single : new RowPlan(state, Rows, outputs, features, rank);
            _plans[rank].Allocate(rank == 0 ? null : _plans[0]);
        }

        if (Rows > 1) single.Dispose();
    }

    /// <summary>Rows that are handed out together.</summary>
    public int Rows { get; }

    public RowPlan this[int rank] => _plans[rank];

    public long ArenaLength => _plans.Sum(p => p.ArenaLength);

    /// <param name="version">Another number whenever parameters may have changed.</param>
    public void Prepare(long version)
    {
        if (version == _version) return;
        _version = version;
        foreach (RowPlan plan in _plans) plan.Prepare();
    }

    public void Dispose()
    {
        foreach (RowPlan plan in _plans) plan.Dispose();
    }
}

using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>One <see cref="RowPlan"/> for each thread of a team: the rows of a batch are handed out a few at a time. Running them allocates nothing.</summary>
internal sealed class RowPlans : IDisposable
{
    /// <summary>Rows that a plan takes together at most: what keeps register tiles full and weights from being read too often.</summary>
    private const int MostRows = 64;

    /// <summary>Floats that the activations of one plan may take for more rows to be taken together (4 MB).</summary>
    private const long LargestArena = 1 << 20;

    private readonly RowPlan[] _plans;

    /// <param name="batch">Rows of a run at most.</param>
    /// <param name="outputs">See <see cref="RowPlan"/>.</param>
    /// <param name="features">Gives the values of the fixed part.</param>
    public RowPlans(NetworkState state, int batch, int threads, IReadOnlyCollection<int>? outputs = null, FixedFeatures? features = null)
    {
        RowPlan single = new(state, 1, outputs, features);
        long room = Math.Max(1, LargestArena / Math.Max(1, single.ArenaLength));
        Rows = (int)Math.Min(Math.Min(MostRows, room), (batch + threads - 1) / threads);
        _plans = new RowPlan[threads];
        for (int rank = 0; rank < threads; rank++) _plans[rank] = Rows == 1 && rank == 0 ? single : new RowPlan(state, Rows, outputs, features, rank);
        if (Rows > 1) single.Dispose();
    }

    /// <summary>Rows that are handed out together.</summary>
    public int Rows { get; }

    public RowPlan this[int rank] => _plans[rank];

    public long ArenaLength => _plans.Sum(p => p.ArenaLength);

    public void Prepare()
    {
        foreach (RowPlan plan in _plans) plan.Prepare();
    }

    public void Dispose()
    {
        foreach (RowPlan plan in _plans) plan.Dispose();
    }
}

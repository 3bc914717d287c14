using TrainService.NeuralNet.State;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>
/// Works out the values of a network's fixed part for the rows of a batch with plans that only predict, and keeps them, so that each row goes through
/// the frozen layers once. The numbers are the same, kept or worked out again.
/// </summary>
internal sealed unsafe class FixedFeatures : IDisposable
{
    private readonly NetworkState _state;
    private readonly RowPlans _plans;
    private readonly FeatureStore? _store;
    private readonly int[][] _missing;
    private readonly int[][] _places;

    private FixedFeatures(NetworkState state, FixedPart part, int batch, int threads, long memory)
    {
        (_state, Part) = (state, part);
        _plans = new RowPlans(state, batch, threads, part.Cut);
        long length = Outputs.Sum(v => (long)v.Buffer.Stride);
        _store = memory / (length * sizeof(float)) > 0 ? new FeatureStore(length, memory) : null;
        _missing = [.. Enumerable.Range(0, threads).Select(_ => new int[_plans.Rows])];
        _places = [.. Enumerable.Range(0, threads).Select(_ => new int[_plans.Rows])];
    }

    public FixedPart Part { get; }

    /// <summary>The values of the cut, as the plans lay them out.</summary>
    public IReadOnlyList<Value> Outputs => _plans[0].Outputs;

    /// <summary>Multiply-adds of a row.</summary>
    public double RowCost => _plans[0].Steps.Sum(s => s.Cost) / _plans.Rows;

    /// <param name="batch">Rows of a step at most.</param>
    /// <param name="memory">Bytes for values that are kept; 0 to keep none.</param>
    /// <returns>Null when the network has no fixed part.</returns>
    public static FixedFeatures? Of(NetworkState state, int batch, int threads, long memory)
        => FixedPart.Of(state) is { } part ? new FixedFeatures(state, part, batch, threads, memory) : null;

    /// <summary>An eighth of what the process may use.</summary>
    public static long DefaultMemory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8;

    /// <summary>To be called by one thread before each batch.</summary>
    public void Prepare(RowSource inputs, int rows)
    {
        // Frozen: nothing but a write from outside changes them.
        _plans.Prepare(_state.Revision);
        _store?.Prepare(inputs, _state.Revision, rows);
    }

    /// <summary>Fills rows <paramref name="first"/> … of the targets with the values for these rows of the source.</summary>
    /// <param name="rank">Which thread: it has a plan of its own.</param>
    public void Fill(int rank, RowSource inputs, ReadOnlySpan<int> rows, PlanBuffer[] targets, int first)
    {
        int[] missing = _missing[rank], places = _places[rank];
        int count = 0;
        for (int r = 0; r < rows.Length; r++)
        {
            if (TryCopy(rows[r], targets, first + r)) continue;
            (missing[count], places[count]) = (rows[r], first + r);
            if (++count < missing.Length) continue;
            Compute(rank, inputs, count, targets);
            count = 0;
        }

        if (count > 0) Compute(rank, inputs, count, targets);
    }

    public void Dispose()
    {
        _plans.Dispose();
        _store?.Dispose();
    }

    private bool TryCopy(int row, PlanBuffer[] targets, int place)
    {
        float* kept = _store is null ? null : _store.Find(row);
        if (kept == null) return false;
        foreach (PlanBuffer target in targets)
        {
            new ReadOnlySpan<float>(kept, target.Stride).CopyTo(new Span<float>(target.Row(place), target.Stride));
            kept += target.Stride;
        }

        return true;
    }

    private void Compute(int rank, RowSource inputs, int count, PlanBuffer[] targets)
    {
        RowPlan plan = _plans[rank];
        plan.Run(inputs, _missing[rank].AsSpan(0, count));
        for (int i = 0; i < count; i++)
        {
            int slot = -1;
            float* kept = _store is null ? null : _store.Reserve(out slot), at = kept;
            for (int k = 0; k < targets.Length; k++)
            {
                Span<float> target = new(targets[k].Row(_places[rank][i]), targets[k].Stride);
                new ReadOnlySpan<float>(plan.Outputs[k].Buffer.Row(i), target.Length).CopyTo(target);
                if (kept == null) continue;
                target.CopyTo(new Span<float>(at, target.Length));
                at += target.Length;
            }

            if (kept != null) _store!.Publish(_missing[rank][i], slot);
        }
    }
}

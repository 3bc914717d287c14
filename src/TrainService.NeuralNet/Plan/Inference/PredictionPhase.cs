using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>A batch predicted by all threads of a team, each a few rows at a time with a plan of its own.</summary>
internal sealed class PredictionPhase : Phase, IDisposable
{
    private readonly FixedFeatures? _features;
    private readonly NetworkState _state;
    private readonly RowPlans _plans;
    private readonly TeamProgram _program;
    private readonly int _batch;
    private readonly int _length;
    private readonly int[] _rows;
    private readonly float[] _outputs;
    private readonly double[] _penalties;
    private RowSource? _inputs;
    private int _count;

    /// <param name="featureMemory">Bytes for what frozen layers below all that learns give for each row, kept from run to run; 0 to keep nothing.</param>
    public PredictionPhase(NetworkState state, int batch, int threads, long featureMemory)
    {
        _state = state;
        if (featureMemory > 0) _features = FixedFeatures.Of(state, batch, threads, featureMemory);
        _plans = new RowPlans(state, batch, threads, features: _features);
        _batch = batch;
        _length = checked((int)state.Network.OutputShape.Size);
        _rows = new int[batch];
        _outputs = new float[checked((long)batch * _length)];
        _penalties = new double[batch];
        _program = new TeamProgram(threads, this);
    }

    public override int Tasks => (_batch + _plans.Rows - 1) / _plans.Rows;

    /// <summary>Takes the parameters as they are now.</summary>
    public void Prepare() => _plans.Prepare(_state.Changes);

    /// <summary>Predicts these rows, at most as many as the batch has.</summary>
    public void Run(ComputeTeam team, RowSource inputs, ReadOnlySpan<int> rows)
    {
        rows.CopyTo(_rows);
        (_inputs, _count) = (inputs, rows.Length);
        _features?.Prepare(inputs, rows.Length);
        team.Run(_program);
    }

    public override void Run(int task, int rank)
    {
        int first = task * _plans.Rows, count = Math.Min(_plans.Rows, _count - first);
        if (count <= 0) return;
        RowPlan plan = _plans[rank];
        plan.Run(_inputs!, _rows.AsSpan(first, count));
        for (int r = 0; r < count; r++)
        {
            plan.Outputs[0].Buffer.RowSpan(r)[.._length].CopyTo(_outputs.AsSpan((first + r) * _length, _length));
            _penalties[first + r] = plan.ActivityPenalty(r);
        }
    }

    public ReadOnlySpan<float> OutputRow(int row) => _outputs.AsSpan(row * _length, _length);

    public double ActivityPenalty(int row) => _penalties[row];

    public void Dispose()
    {
        _plans.Dispose();
        _features?.Dispose();
    }
}

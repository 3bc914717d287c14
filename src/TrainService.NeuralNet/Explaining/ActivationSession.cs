using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Explaining;

/// <summary>Sees what one layer puts out for one row.</summary>
/// <param name="layer">Its index.</param>
/// <param name="values">Without gaps, in the layer's output shape.</param>
public delegate void ActivationVisitor(int row, int layer, ReadOnlySpan<float> values);

/// <summary>What every layer puts out, row by row: dropout off, batch normalization with its moving statistics.</summary>
public sealed class ActivationSession : IDisposable
{
    private readonly ExecutionPlan _plan;
    private readonly StepContext _context = new(1);
    private readonly ComputeTeam _team;
    private readonly List<(int Layer, Value Value)> _watched = [];
    private readonly float[] _values;

    public ActivationSession(NetworkState state, ComputeTeam team)
    {
        _team = team;
        _plan = ExecutionPlan.ForWatching(state, 1, (layer, value) => _watched.Add((layer, value)), _context, team);
        _values = new float[_watched.Max(w => w.Value.Shape.Size)];
    }

    /// <summary>Goes through all rows, and for each through all layers, in order.</summary>
    public void Visit(RowSource inputs, ActivationVisitor each, CancellationToken ct)
    {
        _context.Inputs = inputs;
        for (int row = 0; row < inputs.Count; row++)
        {
            ct.ThrowIfCancellationRequested();
            _context.Rows[0] = row;
            _plan.Run(_team);
            foreach ((int layer, Value value) in _watched)
            {
                Span<float> values = _values.AsSpan(0, (int)value.Shape.Size);
                ScoreSession.Take(value.Buffer, 0, value, values);
                each(row, layer, values);
            }
        }
    }

    public void Dispose()
    {
        _plan.Dispose();
        _context.Dispose();
    }
}

using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Explaining;

/// <summary>Sees one row: its score, the values at the place that is explained, and the score's gradient with regard to them, both without gaps.</summary>
/// <param name="gradient">Empty when no gradient was asked for.</param>
public delegate void ScoreVisitor(int row, double score, ReadOnlySpan<float> values, ReadOnlySpan<float> gradient);

/// <summary>What a <see cref="ScoreSession"/> tells.</summary>
/// <param name="Link">What makes probabilities of the outputs, when the network's own last activation doesn't.</param>
/// <param name="Probability">Look at probabilities, not at the scores before the last softmax or sigmoid.</param>
/// <param name="Gradients">Tell gradients too.</param>
/// <param name="Layer">Index of the layer whose output's gradient is told; null for the network's inputs.</param>
public sealed record ScoreOptions(ScoreLink Link, bool Probability, bool Gradients, int? Layer = null);

/// <summary>
/// One output's score for many rows, and its gradient with regard to the inputs or to what a layer puts out: dropout off, batch normalization with
/// its moving statistics, penalties left out. A plan of the training kind in which every layer is frozen, so that gradients pass through and stop
/// where they are wanted.
/// </summary>
public sealed unsafe class ScoreSession : IDisposable
{
    private readonly ExecutionPlan _plan;
    private readonly StepContext _context;
    private readonly ComputeTeam _team;
    private readonly ExplainedPlace _place;
    private readonly float[] _values, _gradient;

    private ScoreSession(NetworkState frozen, int batch, ComputeTeam team, ScoreOptions options)
    {
        _team = team;
        _context = new StepContext(batch);
        _place = new ExplainedPlace(options.Gradients, options.Layer);
        OutputScore score = new(options.Link, options.Probability, frozen.Network.OutputShape.Rank == 0 ? 1 : frozen.Network.OutputShape[-1]);
        _plan = ExecutionPlan.ForScore(frozen, batch, score, _place, _context, team);
        _values = new float[checked((int)_place.Value!.Shape.Size)];
        _gradient = options.Gradients ? new float[_values.Length] : [];
    }

    /// <summary>A session whose batch fits into so many bytes; of one row, when not even that does.</summary>
    /// <param name="most">Largest batch.</param>
    public static ScoreSession Within(long bytes, int most, NetworkState state, ComputeTeam team, ScoreOptions options)
    {
        NetworkState frozen = state.View(state.Network.WithTrainable(_ => false));
        ScoreSession one = new(frozen, 1, team, options);
        int batch = 1;
        // A power of two: gradients are divided by it and multiplied again, without loss.
        while (batch * 2 <= most && one.ByteCount * batch * 2 <= bytes) batch *= 2;
        if (batch == 1) return one;
        one.Dispose();
        return new ScoreSession(frozen, batch, team, options);
    }

    /// <summary>Rows worked on at a time.</summary>
    public int BatchSize => _plan.Batch;

    /// <summary>Memory of activations and gradients.</summary>
    public long ByteCount => _plan.ArenaLength * sizeof(float);

    /// <summary>Of what is explained: the network's inputs, or the layer's output.</summary>
    public Shape Shape => _place.Value!.Shape;

    /// <summary>There is a way for gradients from the output to what is explained; a table that is looked up has none.</summary>
    public bool HasGradient => _place.Gradient is not null;

    /// <summary>Goes through all rows, in order.</summary>
    /// <param name="output">Which output.</param>
    /// <param name="sign">-1 for the other of the two classes that one output tells.</param>
    /// <exception cref="ArithmeticException">A score is not finite.</exception>
    public void Visit(RowSource inputs, int output, int sign, ScoreVisitor each, CancellationToken ct)
    {
        _context.Inputs = inputs;
        _context.Targets = new SameRow([output, sign]);
        for (int start = 0; start < inputs.Count; start += BatchSize)
        {
            ct.ThrowIfCancellationRequested();
            int count = Math.Min(BatchSize, inputs.Count - start);
            // A partial batch is filled up with its last row, which is not read again.
            for (int r = 0; r < BatchSize; r++) _context.Rows[r] = start + Math.Min(r, count - 1);
            _context.Rejected = false;
            _plan.Run(_team);
            if (_context.Rejected) throw new ArithmeticException("The network's score is not finite.");
            for (int r = 0; r < count; r++)
            {
                Value value = _place.Value!;
                Take(value.Buffer, r, value, _values);
                if (_place.Gradient is { } gradient)
                {
                    Take(gradient, r, value, _gradient);
                    // As of a mean over the batch.
                    if (BatchSize > 1) System.Numerics.Tensors.TensorPrimitives.Multiply(_gradient, BatchSize, _gradient);
                }

                each(start + r, _context.RowLoss[r], _values, _gradient);
            }
        }
    }

    public void Dispose()
    {
        _plan.Dispose();
        _context.Dispose();
    }

    internal static void Take(PlanBuffer buffer, int row, Value value, Span<float> target)
    {
        int channels = value.Channels, pixels = value.Pixels, stride = value.ChannelStride;
        if (value.IsCompact) new ReadOnlySpan<float>(buffer.Row(row), target.Length).CopyTo(target);
        else
            for (int p = 0; p < pixels; p++) new ReadOnlySpan<float>(buffer.Row(row) + ((long)p * stride), channels).CopyTo(target[(p * channels)..]);
    }

    // The same target, whatever the row.
    private sealed class SameRow(float[] values) : RowSource
    {
        public override int Count => int.MaxValue;

        public override int RowLength => values.Length;

        public override void CopyRow(int row, Span<float> destination) => values.CopyTo(destination);
    }
}

using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Inference;
using TrainService.NeuralNet.Regularizers;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Sessions;

/// <summary>
/// Runs a network forward: dropout off (unless asked for), batch normalization with its moving statistics, folded into the layer before it. Each call
/// takes the parameters as they are then.
/// </summary>
public sealed class InferenceSession : IDisposable
{
    private readonly NetworkState _state;
    private readonly ComputeTeam _team;
    private readonly PredictionPhase? _folded;
    private readonly StepContext? _context;
    private readonly ExecutionPlan? _withDropout;
    private readonly int _outputLength;

    /// <param name="dropout">Keep dropout on: Monte Carlo prediction.</param>
    /// <param name="featureMemory">
    /// Bytes for what frozen layers below all that learns give for each row, kept from call to call while the source of the rows is the same: for
    /// validation, epoch after epoch. 0 to keep nothing.
    /// </param>
    public InferenceSession(NetworkState state, int batchSize, ComputeTeam team, bool dropout = false, ulong seed = 0, long featureMemory = 0)
    {
        _state = state;
        _team = team;
        if (dropout)
        {
            // Masks go by the place in the batch: it is worked on as a whole.
            _context = new StepContext(batchSize) { Seed = seed };
            _withDropout = ExecutionPlan.ForInference(state, batchSize, dropout, _context, team);
        }
        else
        {
            _folded = new PredictionPhase(state, batchSize, team.Threads, featureMemory);
        }

        _outputLength = checked((int)state.Network.OutputShape.Size);
        BatchSize = batchSize;
    }

    /// <summary>What a session may keep when nobody says how much: an eighth of what the process may use.</summary>
    public static long DefaultFeatureMemory => FixedFeatures.DefaultMemory;

    public int BatchSize { get; }

    /// <summary>Outputs of the given rows, one after the other, each as long as the output shape's size.</summary>
    /// <param name="sample">With dropout on: which draw of the masks.</param>
    public void Predict(RowSource inputs, ReadOnlySpan<int> rows, Span<float> outputs, long sample = 0)
    {
        _folded?.Prepare();
        for (int start = 0; start < rows.Length; start += BatchSize)
        {
            int count = Forward(inputs, rows[start..], sample, start);
            for (int r = 0; r < count; r++) OutputRow(r).CopyTo(outputs.Slice((start + r) * _outputLength, _outputLength));
        }
    }

    /// <summary>Loss, penalties included, and metrics over the given rows.</summary>
    /// <param name="each">Called with every row's prediction and target, in order: for confusion matrices and the like.</param>
    public RunningTotals Evaluate(RowSource inputs, RowSource targets, ReadOnlyMemory<float> sampleWeights, ReadOnlySpan<int> rows,
        Loss loss, IReadOnlyList<Metric> metrics, RowVisitor? each = null)
    {
        RunningTotals totals = new(metrics);
        float[] target = new float[targets.RowLength];
        ReadOnlySpan<float> weights = sampleWeights.Span;
        double penalty = WeightPenalties.Of(_state);
        BatchJudge? judge = loss is BatchLoss whole ? new(whole, BatchSize, _outputLength) : null;
        _folded?.Prepare();
        for (int start = 0; start < rows.Length; start += BatchSize)
        {
            int count = Forward(inputs, rows[start..], 0, start);
            double sum = 0;
            for (int r = 0; r < count; r++)
            {
                int row = rows[start + r];
                targets.CopyRow(row, target);
                ReadOnlySpan<float> prediction = OutputRow(r);
                float weight = weights.IsEmpty ? 1f : weights[row];
                if (judge is null) sum += loss.Value(prediction, target) * weight;
                else judge.Add(prediction, target, weight);
                sum += _folded?.ActivityPenalty(r) ?? _withDropout!.ActivityPenalty(r);
                totals.AddRow(prediction, target, weight);
                each?.Invoke(row, prediction, target);
            }

            if (judge is not null) sum += judge.Take();
            totals.AddLoss(sum + (penalty * count), count);
        }

        return totals;
    }

    public void Dispose()
    {
        _folded?.Dispose();
        _withDropout?.Dispose();
        _context?.Dispose();
    }

    private ReadOnlySpan<float> OutputRow(int row) => _folded is null ? _withDropout!.OutputRow(row)[.._outputLength] : _folded.OutputRow(row);

    private int Forward(RowSource inputs, ReadOnlySpan<int> rows, long sample, int start)
    {
        int count = Math.Min(BatchSize, rows.Length);
        if (_folded is not null)
        {
            _folded.Run(_team, inputs, rows[..count]);
            return count;
        }

        rows[..count].CopyTo(_context!.Rows);
        // A partial batch is filled up with its last row; those outputs are not read.
        Array.Fill(_context.Rows, rows[count - 1], count, BatchSize - count);
        _context.Inputs = inputs;
        // Each batch of each draw has masks of its own.
        _context.Iteration = (sample << 32) + start;
        _withDropout!.Run(_team);
        return count;
    }
}

/// <summary>Sees one row's prediction and target.</summary>
public delegate void RowVisitor(int row, ReadOnlySpan<float> prediction, ReadOnlySpan<float> target);

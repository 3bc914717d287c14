using System.Numerics.Tensors;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Inference;
using TrainService.NeuralNet.Pruning;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Memory;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Sessions;

/// <summary>
/// Trains a network step by step. Its whole state is the network's, the optimizer's slots, the number of iterations and the running totals:
/// put these back, and the next step gives the same bits as if nothing had happened between.
/// </summary>
public sealed class TrainingSession : IDisposable
{
    private readonly NetworkState _state;
    private readonly TrainingOptions _options;
    private readonly ComputeTeam _team;
    private readonly StepContext _context;
    private readonly Arena? _gradients;
    private readonly float[] _output;
    private readonly Pruner? _pruner;
    private double[]? _squares;
    private readonly FixedFeatures? _features;
    private readonly Dictionary<int, (ExecutionPlan Plan, ParameterUpdates Updates)> _plans = [];

    public TrainingSession(NetworkState state, TrainingOptions options, ComputeTeam team)
    {
        _state = state;
        _options = options;
        _team = team;
        Slots = new OptimizerState(state, options.Optimizer, options.Pruning is not null);
        if (options.Pruning is not null) _pruner = new Pruner(Slots);
        Totals = new RunningTotals(options.Metrics);
        _context = new StepContext(options.BatchSize) { Seed = options.Seed, DropoutMasks = options.DropoutMasks };
        if (ParameterUpdates.NeedsGradientBlock(state, options.Optimizer))
            _gradients = new Arena(Math.Max(state.TrainableLength, Padding.Width));
        LearningLayers = [.. state.Parameters.Where(p => p.Trainable).Select(p => p.Layer).Distinct()];
        GradientNorms = NewNorms(double.NaN);
        _features = FixedFeatures.Of(state, options.BatchSize, team.Threads, options.FeatureMemory ?? FixedFeatures.DefaultMemory);
        _output = new float[checked((int)state.Network.OutputShape.Size)];
        _ = PlanFor(options.BatchSize);
    }

    /// <summary>Batches done: updates, unless several batches make one.</summary>
    public long Iterations { get; set; }

    public OptimizerState Slots { get; }

    /// <summary>Loss and metrics since the last reset, each batch taken before its update. May be set to others of the same metrics: batches that are told apart.</summary>
    public RunningTotals Totals { get; set; }

    /// <summary>L2 norm of all gradients together before clipping, in the last step that gathered it; NaN before.</summary>
    public double GradientNorm => GradientNorms[0];

    /// <summary>The same, and behind it the norm of each layer of <see cref="LearningLayers"/>. Restored as it was saved.</summary>
    public double[] GradientNorms { get; set; }

    /// <summary>Names of the layers that learn, in order.</summary>
    public IReadOnlyList<string> LearningLayers { get; }

    /// <summary>Floats that activations and gradients take.</summary>
    public long ArenaLength => _plans.Values.Max(p => p.Plan.ArenaLength);

    /// <summary>For people: the phases of a full step.</summary>
    public IReadOnlyList<string> DescribePlan() => [.. PlanFor(_options.BatchSize).Plan.Phases.Select(p => p.ToString())];

    /// <summary>One update from the given rows.</summary>
    /// <param name="sampleWeights">One a row of the sources, or empty.</param>
    /// <param name="rows">At most <see cref="TrainingOptions.BatchSize"/>; fewer make a smaller batch, whose loss is the mean over its own rows.</param>
    /// <param name="rate">Learning rate of this update.</param>
    /// <param name="momentum">When a schedule sets it, else null.</param>
    /// <param name="gatherNorm">Have <see cref="GradientNorm"/> worked out.</param>
    /// <returns>The loss of the batch, penalties included.</returns>
    /// <exception cref="NonFiniteLossException">The weights were left as they were.</exception>
    public double Step(RowSource inputs, RowSource targets, ReadOnlyMemory<float> sampleWeights, ReadOnlySpan<int> rows, float rate,
        float? momentum = null, bool gatherNorm = false)
    {
        (ExecutionPlan plan, ParameterUpdates updates) = PlanFor(rows.Length);
        rows.CopyTo(_context.Rows);
        _context.Inputs = inputs;
        _context.Targets = targets;
        _context.SampleWeights = sampleWeights;
        _context.Iteration = _options.EarlierBatches + Iterations;
        Prepare(rate, momentum);
        _context.WantNorms = gatherNorm;
        _context.Rejected = false;
        _state.NoteStep();
        _features?.Prepare(inputs, rows.Length);
        plan.Run(_team);
        double loss = 0;
        for (int r = 0; r < rows.Length; r++) loss += _context.RowLoss[r] * _context.RowWeight[r];
        if (_context.Rejected) throw new NonFiniteLossException(Iterations, loss / rows.Length);
        for (int r = 0; r < rows.Length; r++) loss += plan.ActivityPenalty(r);
        loss += updates.Penalty() * rows.Length;
        Totals.AddLoss(loss, rows.Length);
        AddMetrics(plan, rows.Length);
        if (gatherNorm) Gather(updates);
        Iterations++;
        return loss / rows.Length;
    }

    /// <summary>Puts the moving average of the weights in their place, as Keras does when training ends. Nothing happens when none is kept.</summary>
    public unsafe void TakeAverage()
    {
        if (_options.Optimizer.Settings.Average is null || Iterations == 0) return;
        _state.NoteStep();
        foreach (Parameter p in _state.Parameters)
        {
            if (!p.Trainable) continue;
            int length = checked((int)p.Length);
            Span<float> weights = new(p.Values, length), mask = Slots.Mask(p.Offset, length);
            Slots.Average(p.Offset, length).CopyTo(weights);
            if (!mask.IsEmpty) TensorPrimitives.Multiply(weights, mask, weights);
        }
    }

    /// <summary>
    /// Share of the prunable weights that are zero: "sparsity", and "sparsity/layer/kernel" of each when the schedule reports them. Empty when
    /// nothing is pruned.
    /// </summary>
    public IEnumerable<KeyValuePair<string, double>> Sparsity()
    {
        if (_pruner is null) return [];
        (string Name, long Weights, long Zeros)[] kernels = [.. _pruner.Count()];
        long weights = kernels.Sum(k => k.Weights);
        List<KeyValuePair<string, double>> figures = [new("sparsity", weights == 0 ? 0 : (double)kernels.Sum(k => k.Zeros) / weights)];
        if (_options.Pruning!.ReportLayers) figures.AddRange(kernels.Select(k => KeyValuePair.Create($"sparsity/{k.Name}", (double)k.Zeros / k.Weights)));
        return figures;
    }

    /// <summary>L2 norm of everything that is learned, and behind it that of each layer of <see cref="LearningLayers"/>.</summary>
    public double[] WeightNorms()
    {
        double[] squares = new double[_state.Parameters.Count];
        // Padding is zero, so the packed values have the same norm.
        foreach (Parameter p in _state.Parameters)
            if (p.Trainable) squares[p.Index] = p.SumOfSquares();
        double[] norms = NewNorms(0);
        FillNorms(squares, norms);
        return norms;
    }

    public void Dispose()
    {
        foreach ((ExecutionPlan plan, _) in _plans.Values) plan.Dispose();
        _context.Dispose();
        _features?.Dispose();
        _gradients?.Dispose();
        Slots.Dispose();
    }

    private double[] NewNorms(double value)
    {
        double[] norms = new double[1 + LearningLayers.Count];
        Array.Fill(norms, value);
        return norms;
    }

    private void Gather(ParameterUpdates updates)
    {
        _squares ??= new double[_state.Parameters.Count];
        Array.Clear(_squares);
        updates.AddSquares(_squares);
        FillNorms(_squares, GradientNorms);
        // As clipping has it: pieces added in their own order.
        GradientNorms[0] = updates.GlobalNorm();
    }

    /// <param name="squares">By parameter; a layer's stand together.</param>
    private void FillNorms(double[] squares, double[] norms)
    {
        double all = 0;
        int layer = -1;
        string? name = null;
        foreach (Parameter p in _state.Parameters)
        {
            if (!p.Trainable) continue;
            if (p.Layer != name) (name, norms[++layer + 1]) = (p.Layer, 0);
            norms[layer + 1] += squares[p.Index];
            all += squares[p.Index];
        }

        for (int i = 1; i < norms.Length; i++) norms[i] = Math.Sqrt(norms[i]);
        norms[0] = Math.Sqrt(all);
    }

    // Which part of a group of batches this is, and all that depends on it.
    private void Prepare(float rate, float? momentum)
    {
        Optimizer optimizer = _options.Optimizer;
        int group = optimizer.Settings.AccumulationSteps;
        long update = Iterations / group;
        _context.Updates = (Iterations + 1) % group == 0;
        _context.Scalars = optimizer.Prepare(update, rate, momentum);
        _context.Decay = (float)((optimizer.WeightDecay ?? 0) * rate);
        if (optimizer.Settings.Average is { } average)
        {
            _context.AverageKept = average.Kept(update);
            _context.TakesAverage = average.Overwrites(update);
        }

        update = (_options.EarlierBatches + Iterations) / group;
        if (Iterations % group == 0 && _options.Pruning is { } pruning && pruning.IsDue(update)) _pruner!.Prune(pruning.SparsityAt(update));
    }

    private void AddMetrics(ExecutionPlan plan, int rows)
    {
        if (Totals.Metrics.Count == 0) return;
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<float> output = plan.OutputRow(r);
            if (plan.FusedActivation is { } last) Totals.AddLogitsRow(output, plan.TargetRow(r), _context.RowWeight[r], last, _state.Network.OutputShape[-1], _output);
            else Totals.AddRow(output, plan.TargetRow(r), _context.RowWeight[r]);
        }
    }

    private (ExecutionPlan Plan, ParameterUpdates Updates) PlanFor(int rows)
    {
        if (_plans.TryGetValue(rows, out (ExecutionPlan, ParameterUpdates) known)) return known;
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, _options.BatchSize);
        ParameterUpdates updates = new(_state, _options.Optimizer, Slots, _gradients);
        ExecutionPlan plan = ExecutionPlan.ForTraining(_state, rows, _options.Loss, updates, _context, _team, _features);
        return _plans[rows] = (plan, updates);
    }
}

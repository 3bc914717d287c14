using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Memory;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Boltzmann;

/// <summary>
/// Trains a restricted Boltzmann machine by contrastive divergence (Hinton 2002; persistent: Tieleman 2008). Its whole state is the machine's tensors, the
/// optimizer's slots, the number of iterations and <see cref="Memory"/>: put these back, and the next step gives the same bits as if nothing had
/// happened between, with any number of threads.
/// </summary>
public sealed class BoltzmannSession : IDisposable
{
    private readonly NetworkState _machine;
    private readonly BoltzmannOptions _options;
    private readonly ComputeTeam _team;
    private readonly StepContext _context;
    private readonly BoltzmannMemory _memory;
    private readonly Arena? _gradients;
    private readonly string _layer;
    private readonly double[] _squares;
    private readonly Dictionary<int, (ExecutionPlan Plan, ParameterUpdates Updates, PlanBuffer Visible, PlanBuffer Hidden)> _plans = [];

    /// <param name="machine">A network of one <see cref="BoltzmannLayer"/>: <see cref="Machine"/>.</param>
    public BoltzmannSession(NetworkState machine, BoltzmannOptions options, ComputeTeam team)
    {
        (_machine, _options, _team) = (machine, options, team);
        _layer = machine.Network.Output.Name;
        Slots = new OptimizerState(machine, options.Optimizer);
        _context = new StepContext(options.BatchSize) { Seed = options.Seed };
        _memory = new BoltzmannMemory(options, machine.Network.OutputShape[0]);
        if (ParameterUpdates.NeedsGradientBlock(machine, options.Optimizer)) _gradients = new Arena(machine.TrainableLength);
        _squares = new double[machine.Parameters.Count];
        _ = PlanFor(options.BatchSize);
    }

    /// <summary>Updates done.</summary>
    public long Iterations { get; set; }

    public OptimizerState Slots { get; }

    /// <summary>L2 norm of the gradient estimate, in the last step that gathered it; NaN before.</summary>
    public double GradientNorm { get; set; } = double.NaN;

    /// <summary>Floats that a step's rows take.</summary>
    public long ArenaLength => _plans.Values.Max(p => p.Plan.ArenaLength);

    /// <summary>The network of a machine.</summary>
    /// <param name="name">Of the layer: tensors are named after it.</param>
    /// <param name="weightDecay">Penalty on W: its gradient is this times W.</param>
    public static Network Machine(string name, int visible, int hidden, Initializer kernelInitializer, double weightDecay)
        => Network.Build([new LayerNode(name, new BoltzmannLayer(hidden, kernelInitializer, weightDecay))], new Shape(visible));

    /// <summary>What it remembers beside tensors and slots, to be saved: persistent chains and the units' mean activity.</summary>
    public (float[] Chains, float[] Activity) Memory
    {
        get
        {
            float[] chains = new float[_memory.HasChains ? _memory.ChainLength : 0];
            if (chains.Length > 0) _memory.ReadChains(chains);
            return (chains, _memory.Activity.ToArray());
        }

        set
        {
            _memory.HasChains = value.Chains.Length > 0;
            if (_memory.HasChains) _memory.WriteChains(value.Chains);
            value.Activity.CopyTo(_memory.Activity);
        }
    }

    /// <summary>One update from the given rows.</summary>
    /// <param name="rows">At most <see cref="BoltzmannOptions.BatchSize"/>.</param>
    /// <param name="momentum">When a schedule sets it, else null.</param>
    /// <returns>Mean squared difference between the data and what the machine makes of it in one go, before the update.</returns>
    /// <exception cref="NonFiniteLossException">The weights were left as they were.</exception>
    public double Step(RowSource data, ReadOnlySpan<int> rows, float rate, float? momentum = null, bool gatherNorm = false)
    {
        (ExecutionPlan plan, ParameterUpdates updates, _, _) = PlanFor(rows.Length);
        Optimizer optimizer = _options.Optimizer;
        rows.CopyTo(_context.Rows);
        (_context.Inputs, _context.Iteration, _context.Rejected, _context.WantNorms) = (data, Iterations, false, gatherNorm);
        _context.Scalars = optimizer.Prepare(Iterations, rate, momentum);
        _context.Decay = (float)((optimizer.WeightDecay ?? 0) * rate);
        _machine.NoteStep();
        plan.Run(_team);
        double error = 0;
        for (int r = 0; r < rows.Length; r++) error += _context.RowLoss[r];
        error /= rows.Length;
        if (_context.Rejected) throw new NonFiniteLossException(Iterations, error);
        if (_options.Persistent) _memory.HasChains = true;
        if (gatherNorm) GradientNorm = updates.GlobalNorm();
        Iterations++;
        return error;
    }

    /// <summary>L2 norm of all tensors together.</summary>
    public double WeightNorm()
    {
        foreach (Parameter p in _machine.Parameters) _squares[p.Index] = p.SumOfSquares();
        return Math.Sqrt(_squares.Sum());
    }

    /// <summary>A row of the last step's negative phase: the visible units, and the hidden ones' probabilities divided by the rows of the batch.</summary>
    internal (float[] Visible, float[] Hidden) Negative(int rows, int row)
    {
        (_, _, PlanBuffer visible, PlanBuffer hidden) = _plans[rows];
        return (visible.RowSpan(rows + row).ToArray(), hidden.RowSpan(rows + row).ToArray());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((ExecutionPlan plan, _, _, _) in _plans.Values) plan.Dispose();
        _context.Dispose();
        _memory.Dispose();
        _gradients?.Dispose();
        Slots.Dispose();
    }

    private (ExecutionPlan Plan, ParameterUpdates Updates, PlanBuffer Visible, PlanBuffer Hidden) PlanFor(int rows)
    {
        if (_plans.TryGetValue(rows, out (ExecutionPlan, ParameterUpdates, PlanBuffer, PlanBuffer) known)) return known;
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, _options.BatchSize);
        ParameterUpdates updates = new(_machine, _options.Optimizer, Slots, _gradients);
        PlanBuilder builder = new(_machine, rows, training: true, dropout: false, null, updates);
        MachineProducts shape = new(_machine, _layer, null);
        PlanBuffer visible = builder.NewBuffer("visible", 2 * rows, shape.Visible), hidden = builder.NewBuffer("hidden", 2 * rows, shape.Hidden);
        PlanBuffer states = builder.NewBuffer("states", rows, shape.Hidden);
        PlanBuffer transposed = builder.NewBuffer("transposed kernel", Padding.Up(shape.Visible) / Padding.Width, (long)shape.Hidden * Padding.Width);
        (visible.Kept, hidden.Kept) = (true, true);
        MachineProducts products = new(_machine, _layer, transposed);
        PlanBuffer kernel = builder.BufferOf(products.Kernel), bias = builder.BufferOf(products.Bias), visibleBias = builder.BufferOf(products.VisibleBias);
        UnitSampling sampling = new(_options.Seed, _options.Stream, _options.BatchSize, Math.Max(shape.Visible, shape.Hidden));
        builder.Add(new TransposeStep(products.Kernel, kernel, transposed));
        builder.Add(new GibbsStep(_options, products, _memory, sampling, visible, hidden, states, transposed, [kernel, bias, visibleBias]));
        builder.Add(new DenseWeightGradientStep(visible, hidden, products.Kernel, kernel, products.Bias, bias, updates));
        builder.Add(new VisibleBiasStep(visible, products.VisibleBias, visibleBias, updates));
        if (_options.SparsityCost > 0) builder.Add(new ActivityStep(_options, _memory, hidden));
        updates.AddFinalSteps(builder);
        return _plans[rows] = (ExecutionPlan.ForSteps(builder, hidden, _context, _team), updates, visible, hidden);
    }
}

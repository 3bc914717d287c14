using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Memory;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>
/// A network compiled to predict a few rows on one thread: steps run one after the other, so that buffers are used again as soon as nobody needs what is
/// in them, and activations stay in the caches. Threads share a batch by running plans of their own on different rows.
/// </summary>
internal sealed unsafe class RowPlan : IDisposable
{
    private readonly PlanStep[] _steps;
    private readonly PlanStep[] _preparation;
    private readonly StepContext _context;
    private readonly PlanBuffer[] _prepared;
    private readonly PlanBuffer[] _placed;
    private readonly IReadOnlyDictionary<PlanBuffer, long> _offsets;
    private Arena? _arena;
    private Arena? _preparedArena;
    private bool _prepares;
    private readonly ChannelEnding[] _endings;
    private readonly PlanBuffer[] _activityPenalties;

    /// <param name="outputs">Indices of the layers whose values are wanted; null for the network's output, without gaps.</param>
    /// <param name="features">Gives the values of the fixed part, which is then not part of the plan.</param>
    /// <param name="rank">The thread that runs it: which of the features' plans it uses.</param>
    public RowPlan(NetworkState state, int rows, IReadOnlyCollection<int>? outputs = null, FixedFeatures? features = null, int rank = 0)
    {
        PlanBuilder builder = new(state, rows, training: false, dropout: false, null, null) { Features = features, Rank = rank };
        (Outputs, IReadOnlyList<ChannelEnding> endings) = builder.BuildFolded(outputs);
        _endings = [.. endings];
        _activityPenalties = [.. builder.ActivityPenalties];
        (PlanStep[] preparation, PlanStep[] steps) = Split(ChainFusion.Apply(builder.Steps));
        (_preparation, _steps) = (preparation, steps);
        _prepared = [.. preparation.SelectMany(s => s.Writes).Select(w => w.Buffer).Distinct()];
        SetLives();
        _placed = [.. builder.Buffers.Except(_prepared)];
        (_offsets, ArenaLength) = ArenaPlanner.Place(_placed);
        MostRows = rows;
        _context = new StepContext(rows);
    }

    /// <summary>Takes the memory that it needs; to be called once, before anything is run.</summary>
    /// <param name="twin">A plan of the same network, whose rearranged kernels serve this one too. It must live longer.</param>
    public void Allocate(RowPlan? twin)
    {
        _arena = new Arena(Math.Max(ArenaLength, Padding.Width));
        foreach ((PlanBuffer buffer, long offset) in _offsets) buffer.Pointer = _arena.At(offset);
        _prepares = twin is null;
        if (twin is null) _preparedArena = new Arena(Math.Max(_prepared.Sum(b => b.Length), Padding.Width));
        long at = 0;
        for (int i = 0; i < _prepared.Length; at += _prepared[i].Length, i++) _prepared[i].Pointer = twin is null ? _preparedArena!.At(at) : twin._prepared[i].Pointer;
        _context.ReserveScratch(1, _steps.Concat(_preparation).Max(s => s.ScratchLength));
    }

    /// <summary>What is wanted, in the order of the layers.</summary>
    public IReadOnlyList<Value> Outputs { get; }

    public int MostRows { get; }

    /// <summary>Floats that the activations take together.</summary>
    public long ArenaLength { get; }

    /// <summary>In the order in which they run.</summary>
    public IReadOnlyList<PlanStep> Steps => _steps;

    /// <summary>Takes the parameters as they are now. To be called before a run when they may have changed.</summary>
    public void Prepare()
    {
        foreach (ChannelEnding ending in _endings) ending.Prepare();
        if (!_prepares) return;
        foreach (PlanStep step in _preparation) Run(step, MostRows);
    }

    /// <summary>Predicts these rows of the source, at most <see cref="MostRows"/>: they are the first rows of the outputs then.</summary>
    public void Run(RowSource inputs, ReadOnlySpan<int> rows)
    {
        Draw(inputs, rows);
        foreach (PlanStep step in _steps) Run(step, rows.Length);
    }

    /// <summary>Sets the rows without running: for measurements of single steps.</summary>
    public void Draw(RowSource inputs, ReadOnlySpan<int> rows)
    {
        rows.CopyTo(_context.Rows);
        _context.Inputs = inputs;
    }

    public void Run(PlanStep step, int rows)
    {
        Domains domains = step.Domains;
        if ((domains & Domains.Rows) != 0) step.Run(new Block(Domains.Rows, 0, rows, 0), _context);
        else if ((domains & Domains.Columns) != 0) step.Run(new Block(Domains.Columns, 0, step.Panels, 0), _context);
        else step.Run(new Block(Domains.Own, 0, step.Tasks, 0), _context);
    }

    /// <summary>The penalties on layers' outputs for one row of the last run.</summary>
    public double ActivityPenalty(int row)
    {
        double sum = 0;
        foreach (PlanBuffer penalties in _activityPenalties) sum += *(double*)penalties.Row(row);
        return sum;
    }

    public void Dispose()
    {
        _arena?.Dispose();
        _preparedArena?.Dispose();
        _context.Dispose();
    }

    /// <summary>Apart from the rest what depends on parameters alone, and needn't be done again for each few rows.</summary>
    private static (PlanStep[] Preparation, PlanStep[] Steps) Split(IReadOnlyList<PlanStep> steps)
    {
        HashSet<PlanBuffer> made = [.. steps.SelectMany(s => s.Writes).Select(w => w.Buffer)];
        List<PlanStep> preparation = [], rest = [];
        foreach (PlanStep step in steps)
        {
            bool constant = step.Domains == Domains.Own && step.Reads.Count > 0 && step.Reads.All(r => !made.Contains(r.Buffer));
            (constant ? preparation : rest).Add(step);
        }

        return ([.. preparation], [.. rest]);
    }

    private void SetLives()
    {
        for (int i = 0; i < _steps.Length; i++)
        {
            foreach (Touch touch in _steps[i].Reads.Concat(_steps[i].Writes))
            {
                touch.Buffer.FirstPhase = touch.Buffer.Kept ? 0 : Math.Min(touch.Buffer.FirstPhase, i);
                touch.Buffer.LastPhase = Math.Max(touch.Buffer.LastPhase, i);
            }
        }
    }
}

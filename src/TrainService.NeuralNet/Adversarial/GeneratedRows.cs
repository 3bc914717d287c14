using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Adversarial;

/// <summary>A batch of what a network makes of its inputs as it does in training: dropout on, batch normalization by the batch. Read from where the plan wrote it.</summary>
internal sealed class GeneratedRows : RowSource, IDisposable
{
    private readonly NetworkState _state;
    private readonly ComputeTeam _team;
    private readonly StepContext _context;
    private readonly ExecutionPlan _plan;

    public GeneratedRows(NetworkState state, int count, ulong seed, ComputeTeam team)
    {
        (_state, _team) = (state, team);
        _context = new StepContext(count) { Seed = seed };
        for (int r = 0; r < count; r++) _context.Rows[r] = r;
        _plan = ExecutionPlan.ForGenerating(state, count, _context, team);
        RowLength = checked((int)state.Network.OutputShape.Size);
    }

    public override int Count => _plan.Batch;

    public override int RowLength { get; }

    public override bool Varies => true;

    public long ArenaLength => _plan.ArenaLength;

    /// <summary>Makes a new batch of the source's first rows.</summary>
    /// <param name="iteration">Keys dropout and noise.</param>
    public void Make(RowSource inputs, long iteration)
    {
        (_context.Inputs, _context.Iteration) = (inputs, iteration);
        // Moving statistics change.
        _state.NoteStep();
        _plan.Run(_team);
    }

    public override void CopyRow(int row, Span<float> destination) => _plan.OutputRow(row)[..RowLength].CopyTo(destination);

    public void Dispose()
    {
        _plan.Dispose();
        _context.Dispose();
    }
}

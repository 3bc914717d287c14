using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Explaining;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Plan.Inference;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Memory;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Plan;

/// <summary>
/// A network, a batch size and a purpose, compiled: every buffer has its place in one arena, every step its place in a phase. Running it
/// allocates nothing.
/// </summary>
public sealed unsafe class ExecutionPlan : IDisposable
{
    private readonly Arena _arena;
    private readonly TeamProgram _program;
    private readonly PlanBuffer[] _activityPenalties;

    private ExecutionPlan(PlanBuilder builder, Value output, StepContext context, ComputeTeam team, long smallestMadeAgain = Rematerialization.SmallestLength)
    {
        Batch = builder.Batch;
        Output = output.Buffer;
        Target = builder.Target;
        _activityPenalties = [.. builder.ActivityPenalties];
        Context = context;
        FusedLoss = builder.FusedLoss;
        FusedActivation = builder.FusedActivation;
        IReadOnlyList<PhaseDraft> drafts = Scheduler.Schedule(builder.Steps);
        Rematerialization.Apply(drafts, builder.Buffers, smallestMadeAgain);
        (IReadOnlyDictionary<PlanBuffer, long> offsets, long length) = ArenaPlanner.Place(builder.Buffers);
        _arena = new Arena(Math.Max(length, Padding.Width));
        foreach ((PlanBuffer buffer, long offset) in offsets) buffer.Pointer = _arena.At(offset);
        context.ReserveScratch(team.Threads, builder.Steps.Max(s => s.ScratchLength));
        Phases = [.. drafts.Select(d => new PlanPhase(d, Batch, team.Threads, context))];
        _program = new TeamProgram(team.Threads, [.. Phases]);
        ArenaLength = length;
    }

    public int Batch { get; }

    public StepContext Context { get; }

    /// <summary>The network's output, or its logits when <see cref="FusedLoss"/> is set.</summary>
    public PlanBuffer Output { get; }

    public PlanBuffer? Target { get; }

    /// <summary>Set when the loss takes the last activation's input.</summary>
    public Loss? FusedLoss { get; }

    /// <summary>What makes the network's output of its logits, when <see cref="FusedLoss"/> is set.</summary>
    public Activation? FusedActivation { get; }

    public IReadOnlyList<PlanPhase> Phases { get; }

    /// <summary>Floats that activations and gradients take together.</summary>
    public long ArenaLength { get; }

    public static ExecutionPlan ForTraining(NetworkState state, int batch, Loss loss, ParameterUpdates updates, StepContext context, ComputeTeam team)
        => ForTraining(state, batch, loss, updates, context, team, null);

    /// <param name="features">Gives the values of the frozen layers below what learns; they are then not part of the plan.</param>
    /// <param name="smallestMadeAgain">Floats of the smallest value that may be made a second time in place of being kept.</param>
    internal static ExecutionPlan ForTraining(NetworkState state, int batch, Loss loss, ParameterUpdates updates, StepContext context, ComputeTeam team, FixedFeatures? features,
        long smallestMadeAgain = Rematerialization.SmallestLength)
    {
        PlanBuilder builder = new(state, batch, training: true, dropout: true, loss, updates) { Features = features };
        Value output = builder.Build();
        return new ExecutionPlan(builder, output, context, team, smallestMadeAgain);
    }

    /// <summary>Forward as in training: dropout on, batch normalization by the batch, which moves its moving statistics. Nothing is learned.</summary>
    internal static ExecutionPlan ForGenerating(NetworkState state, int batch, StepContext context, ComputeTeam team)
    {
        PlanBuilder builder = new(state, batch, training: true, dropout: true, null, null);
        Value output = builder.Build();
        return new ExecutionPlan(builder, output, context, team);
    }

    public static ExecutionPlan ForInference(NetworkState state, int batch, bool dropout, StepContext context, ComputeTeam team)
    {
        PlanBuilder builder = new(state, batch, training: false, dropout, null, null);
        Value output = builder.Build();
        return new ExecutionPlan(builder, output, context, team);
    }

    /// <summary>Steps that were put together by hand.</summary>
    /// <param name="output">A buffer that is kept.</param>
    internal static ExecutionPlan ForSteps(PlanBuilder builder, PlanBuffer output, StepContext context, ComputeTeam team)
        => new(builder, new Value(output, new Tensors.Shape(output.RowLength)), context, team);

    /// <summary>A plan that predicts and keeps what each layer puts out.</summary>
    /// <param name="watched">Is told each layer's index and value.</param>
    internal static ExecutionPlan ForWatching(NetworkState state, int batch, Action<int, Value> watched, StepContext context, ComputeTeam team)
    {
        PlanBuilder builder = new(state, batch, training: false, dropout: false, null, null) { Watched = watched };
        Value output = builder.Build();
        return new ExecutionPlan(builder, output, context, team);
    }

    /// <summary>A plan with a backward pass down to the place that is explained, where nothing learns.</summary>
    /// <param name="frozen">Every layer frozen.</param>
    internal static ExecutionPlan ForScore(NetworkState frozen, int batch, OutputScore score, ExplainedPlace place, StepContext context, ComputeTeam team)
    {
        PlanBuilder builder = new(frozen, batch, training: true, dropout: false, score, null) { Explained = place };
        Value output = builder.Build();
        place.Finish(builder);
        return new ExecutionPlan(builder, output, context, team);
    }

    public void Run(ComputeTeam team) => team.Run(_program);

    public ReadOnlySpan<float> OutputRow(int row) => new(Output.Row(row), Output.RowLength);

    public ReadOnlySpan<float> TargetRow(int row) => new(Target!.Row(row), Target.RowLength);

    /// <summary>The penalties on layers' outputs for one row of the last run, not divided by the rows.</summary>
    internal double ActivityPenalty(int row)
    {
        double sum = 0;
        foreach (PlanBuffer penalties in _activityPenalties) sum += *(double*)penalties.Row(row);
        return sum;
    }

    public void Dispose() => _arena.Dispose();
}

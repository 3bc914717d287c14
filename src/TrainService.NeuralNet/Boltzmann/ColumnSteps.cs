using System.Runtime.Intrinsics;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Boltzmann;

/// <summary>Gradient of the visible bias: the mean of samples less data, 16 units a task, rows in order.</summary>
internal sealed unsafe class VisibleBiasStep : PlanStep
{
    private readonly PlanBuffer _visible;
    private readonly ParameterUpdates _updates;
    private readonly int _firstPiece;

    public VisibleBiasStep(PlanBuffer visible, Parameter bias, PlanBuffer biasBuffer, ParameterUpdates updates)
    {
        (_visible, _updates) = (visible, updates);
        Reads = [new(visible, Access.All)];
        Writes = [new(updates.Written(bias, biasBuffer), Access.All)];
        _firstPiece = updates.Pieces.Count;
        for (int panel = 0; panel < visible.Panels; panel++) updates.Register(bias, (long)panel * Padding.Width, Padding.Width);
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override int Tasks => _visible.Panels;

    public override double Cost => _visible.Length;

    public override int ScratchLength => Padding.Width;

    public override void Run(in Block block, StepContext context)
    {
        float* piece = context.Scratch(block.Rank);
        int batch = _visible.Rows / 2;
        for (int task = block.Start; task < block.End; task++)
        {
            int column = task * Padding.Width;
            Vector512<float> sum = default;
            for (int r = 0; r < batch; r++) sum += Vector512.Load(_visible.Row(batch + r) + column) - Vector512.Load(_visible.Row(r) + column);
            (sum / Vector512.Create((float)batch)).Store(piece);
            _updates.HandIn(_firstPiece + task, piece, context);
        }
    }

    public override string ToString() => "visible bias";
}

/// <summary>Moves the hidden units' running activity towards that of the batch.</summary>
internal sealed unsafe class ActivityStep(BoltzmannOptions options, BoltzmannMemory memory, PlanBuffer hidden) : PlanStep
{
    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; } = [new(hidden, Access.All)];

    public override IReadOnlyList<Touch> Writes => [];

    public override double Cost => hidden.Length;

    public override void Run(in Block block, StepContext context)
    {
        if (context.Rejected) return;
        int batch = hidden.Rows / 2;
        Span<float> activity = memory.Activity;
        for (int j = 0; j < activity.Length; j++)
        {
            // The rows hold -p / rows plus the penalty's slope: both are taken apart again.
            double sum = 0, slope = options.SparsityCost * (activity[j] - options.SparsityTarget);
            for (int r = 0; r < batch; r++) sum += hidden.Row(r)[j];
            activity[j] = (float)((options.SparsityDecay * activity[j]) + ((1 - options.SparsityDecay) * (slope - sum)));
        }
    }

    public override string ToString() => "activity";
}

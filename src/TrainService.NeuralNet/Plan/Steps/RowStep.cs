namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>What a <see cref="RowStep"/> does with one sample.</summary>
/// <param name="row">Of the batch.</param>
/// <param name="scratch">Memory of the step's own, <see cref="PlanStep.ScratchLength"/> floats.</param>
internal unsafe delegate void RowWork(int row, StepContext context, float* scratch);

/// <summary>A step whose samples don't depend on each other: cut by rows, in each the work that a layer gives it.</summary>
/// <param name="reads">Buffers of which a sample reads its own row.</param>
/// <param name="writes">Buffers of which a sample writes its own row.</param>
internal sealed unsafe class RowStep(string name, IReadOnlyList<PlanBuffer> reads, IReadOnlyList<PlanBuffer> writes, RowWork work) : PlanStep
{
    /// <summary>Buffers that every sample reads as a whole, such as parameters.</summary>
    public IReadOnlyList<PlanBuffer> Whole { get; init; } = [];

    /// <summary>Floats of memory that a sample works in.</summary>
    public int Scratch { get; init; }

    /// <summary>Multiply-adds for each number written, roughly.</summary>
    public double Weight { get; init; } = 1;

    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads => _reads ??= [.. reads.Select(b => new Touch(b, Access.RowsOnly)), .. Whole.Select(b => new Touch(b, Access.All))];

    public override IReadOnlyList<Touch> Writes { get; } = [.. writes.Select(b => new Touch(b, Access.RowsOnly))];

    public override double Cost => Writes[0].Buffer.Length * Weight;

    public override int ScratchLength => Scratch;

    private IReadOnlyList<Touch>? _reads;

    public override void Run(in Block block, StepContext context)
    {
        float* scratch = Scratch == 0 ? null : context.Scratch(block.Rank);
        for (int r = block.Start; r < block.End; r++) work(r, context, scratch);
    }

    public override string ToString() => name;

    /// <summary>A gradient's row made ready for adding: zero, unless others have written there before.</summary>
    public static void Begin(PlanBuffer dx, int row, bool accumulate)
    {
        if (!accumulate) new Span<float>(dx.Row(row), dx.Stride).Clear();
    }

    /// <summary>Zeroes what pads a row.</summary>
    public static void End(PlanBuffer y, int row) => new Span<float>(y.Row(row), y.Stride)[y.RowLength..].Clear();
}

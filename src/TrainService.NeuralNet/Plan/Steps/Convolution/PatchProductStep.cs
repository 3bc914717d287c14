using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Plan.Steps.Convolution;

/// <summary>Products of patches and a kernel: a convolution from x to y, or from dy to dx. Samples are independent of each other.</summary>
internal sealed unsafe class PatchProductStep(
    string name, PlanBuffer source, PlanBuffer target, IReadOnlyList<PatchPass> passes, PlanBuffer kernel, PlanBuffer? bias, bool accumulate) : PlanStep
{
    /// <summary>Positions that a block should have for the panels of the kernel to be worth fetching.</summary>
    private const int LeastPositions = 192;

    private readonly PatchPass[] _passes = [.. passes];

    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } =
    [
        new(source, Access.RowsOnly), new(kernel, Access.All),
        .. bias is null ? (Touch[])[] : [new(bias, Access.All)],
        .. accumulate ? (Touch[])[new(target, Access.RowsOnly)] : [],
    ];

    public override IReadOnlyList<Touch> Writes { get; } = [new(target, Access.RowsOnly)];

    public override double Cost { get; } = passes.Sum(p => (double)p.Grid.Positions * (p.Grid.Depth + 4) * p.Panels * State.Padding.Width) * source.Rows;

    public override int ScratchLength { get; } = passes.Max(PatchProduct.ScratchLength);

    public override int LeastRows { get; } = Math.Clamp(LeastPositions / passes.Max(p => p.Grid.Positions), 1, 8);

    public override void Run(in Block block, StepContext context)
    {
        float* scratch = ScratchLength == 0 ? null : context.Scratch(block.Rank);
        foreach (PatchPass pass in _passes)
        {
            PatchProduct.Run(pass, block.Start, block.End, source.Pointer, kernel.Pointer, target.Pointer, bias is null ? null : bias.Pointer, accumulate,
                scratch);
        }
    }

    public override string ToString() => name;
}

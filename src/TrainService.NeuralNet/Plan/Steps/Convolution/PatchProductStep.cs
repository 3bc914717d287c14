using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.NeuralNet.Plan.Steps.Convolution;

/// <summary>Products of patches and a kernel: a convolution from x to y, or from dy to dx. Samples are independent of each other.</summary>
internal sealed unsafe class PatchProductStep(
    string name, Value source, Value target, IReadOnlyList<PatchPass> passes, PlanBuffer kernel, PlanBuffer? bias, bool accumulate) : ProducerStep(target.Buffer)
{
    /// <summary>Positions that a block should have for the panels of the kernel to be worth fetching.</summary>
    private const int LeastPositions = 192;

    private readonly PatchPass[] _passes = [.. passes];
    private readonly SourceImages _source = new(source);

    public override double Cost { get; } = passes.Sum(p => (double)p.Grid.Positions * (p.Grid.Depth + 4) * p.Panels * State.Padding.Width) * source.Buffer.Rows;

    public override int LeastRows { get; } = Math.Clamp(LeastPositions / passes.Max(p => p.Grid.Positions), 1, 8);

    protected override string Name => name;

    protected override IEnumerable<Touch> OwnReads =>
    [
        .. _source.Reads, new(kernel, Access.All),
        .. bias is null ? (Touch[])[] : [new(bias, Access.All)],
        .. accumulate ? (Touch[])[new(target.Buffer, Access.RowsOnly)] : [],
    ];

    protected override int OwnScratch { get; } = State.Padding.Up(passes.Max(p => PatchProduct.ScratchLength(p, source.Pending is not null)));

    public override void Run(in Block block, StepContext context)
    {
        float* scratch = ScratchLength == 0 ? null : context.Scratch(block.Rank), add = bias is null ? null : bias.Pointer;
        ChannelMap map = _source.Map;
        if (_passes.Length == 1 && IsFollowed)
        {
            RunFollowed(_passes[0], block, add, map, scratch);
            return;
        }

        foreach (PatchPass pass in _passes)
            PatchProduct.Run(pass, block.Start, block.End, _source.Pointer, kernel.Pointer, target.Buffer.Pointer, add, accumulate, scratch, map);
        for (int r = block.Start; r < block.End; r++)
        {
            int done = 0;
            Written(r, ref done, target.Pixels, scratch);
        }
    }

    private void RunFollowed(PatchPass pass, in Block block, float* add, in ChannelMap map, float* scratch)
    {
        int each = PatchProduct.PositionsPerBlock(pass), pixels = pass.Grid.Positions, done = 0;
        long begin = (long)block.Start * pixels, end = (long)block.End * pixels;
        for (long position = begin; position < end; position += each)
        {
            long after = Math.Min(end, position + each);
            PatchProduct.RunBlock(pass, position, (int)(after - position), _source.Pointer, kernel.Pointer, target.Buffer.Pointer, add, accumulate, scratch, map);
            // The end of one image and the beginning of others may lie in one block.
            for (int r = (int)(position / pixels); r < block.End && (long)r * pixels < after; r++)
            {
                if ((long)r * pixels >= position) done = 0;
                Written(r, ref done, (int)Math.Min(pixels, after - ((long)r * pixels)), scratch);
            }
        }
    }
}

using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>
/// Runs the passes of a convolution: blocks of patches are copied into scratch memory that stays in the second-level cache, and multiplied by all
/// panels while they lie there. Where nothing needs to be copied (1x1, stride 1) it is a plain product.
/// </summary>
/// <remarks>
/// Each result is one chain of fused multiply-adds in the order (row of taps, tap, channel), with 0 beyond the border: its bits depend on no cut. Where
/// results are scattered the bias is added at the end of the chain, elsewhere at its start; which of the two, the shape decides.
/// </remarks>
public static unsafe class PatchProduct
{
    /// <summary>Floats of patches in a block: 192 KB.</summary>
    private const int BlockLength = 48 * 1024;

    /// <summary>Depth of a block, at most: what a panel's slice of the product is cut at anyway.</summary>
    private const int MostDepth = 400;

    private const int MostPositions = 512;

    /// <summary>Floats of scratch memory that a pass needs.</summary>
    /// <param name="mapped">It is run with a map.</param>
    public static int ScratchLength(PatchPass pass, bool mapped = false)
    {
        int positions = PositionsPerBlock(pass);
        int patches = pass.Grid.IsPlain && !mapped ? 0 : positions * DepthPerBlock(pass.Grid) + PatchGrid.Overhang;
        return patches + (pass.Target.IsDirect ? 0 : positions * pass.Panels * Panels.Width);
    }

    /// <summary>Positions that are worked out together at most.</summary>
    public static int PositionsPerBlock(PatchPass pass) => Math.Min(MostPositions, BlockLength / Math.Max(1, DepthPerBlock(pass.Grid)));

    /// <summary>The samples <paramref name="from"/> … <paramref name="to"/> - 1.</summary>
    /// <param name="source">First number of the first sample that is read.</param>
    /// <param name="bias">One for each channel of the target, padded to whole panels; null for none.</param>
    /// <param name="accumulate">Add to what is in the target.</param>
    /// <param name="map">What is done to each number of the source as it is read.</param>
    public static void Run(
        PatchPass pass, int from, int to, float* source, float* kernel, float* target, float* bias, bool accumulate, float* scratch, in ChannelMap map = default)
    {
        int each = PositionsPerBlock(pass);
        long end = (long)to * pass.Grid.Positions;
        for (long position = (long)from * pass.Grid.Positions; position < end; position += each)
            RunBlock(pass, position, (int)Math.Min(each, end - position), source, kernel, target, bias, accumulate, scratch, map);
    }

    /// <summary>Some positions, counted through all samples; no more than <see cref="PositionsPerBlock"/>.</summary>
    public static void RunBlock(
        PatchPass pass, long position, int count, float* source, float* kernel, float* target, float* bias, bool accumulate, float* scratch, in ChannelMap map = default)
    {
        float* passBias = bias == null ? null : bias + pass.TargetOffset;
        ChannelMap passMap = map.From(pass.SourceOffset);
        if (pass.Target.IsDirect)
        {
            int stride = pass.Target.Image.PixelStride;
            ProductOutput output = ProductOutput.RowMajor(target + pass.TargetOffset + position * stride, stride);
            Multiply(pass, position, count, source + pass.SourceOffset, kernel + pass.KernelOffset, output, passBias, accumulate, scratch, passMap);
        }
        else
        {
            int stride = pass.Panels * Panels.Width;
            float* patches = scratch + PositionsPerBlock(pass) * stride;
            Multiply(pass, position, count, source + pass.SourceOffset, kernel + pass.KernelOffset, ProductOutput.RowMajor(scratch, stride), null, false, patches, passMap);
            pass.Target.Scatter(scratch, stride, position, count, target + pass.TargetOffset, passBias, accumulate, pass.PixelPadding);
        }
    }

    /// <summary>The same with <paramref name="ending"/> behind it, for passes whose target is direct: its residual lies as the target does.</summary>
    public static void Run(PatchPass pass, int from, int to, float* source, float* kernel, float* target, in ProductEnding ending, float* scratch)
    {
        PatchGrid grid = pass.Grid;
        int each = PositionsPerBlock(pass), stride = pass.Target.Image.PixelStride;
        long end = (long)to * grid.Positions;
        for (long position = (long)from * grid.Positions; position < end; position += each)
        {
            int count = (int)Math.Min(each, end - position);
            ProductOutput output = ProductOutput.RowMajor(target + pass.TargetOffset + position * stride, stride);
            ProductEnding own = ending.From((nint)position, pass.TargetOffset);
            Multiply(pass, position, count, source + pass.SourceOffset, kernel + pass.KernelOffset, output, null, false, scratch, default, &own);
        }
    }

    private static void Multiply(
        PatchPass pass, long position, int count, float* source, float* kernel, ProductOutput output, float* bias, bool accumulate, float* patches, in ChannelMap map,
        ProductEnding* ending = null)
    {
        PatchGrid grid = pass.Grid;
        int depth = grid.Depth;
        if (grid.IsPlain && map.IsIdentity)
        {
            int stride = grid.Image.PixelStride;
            Product(count, pass.Panels, depth, LeftOperand.RowMajor(source + position * stride, stride), PanelOperand.Packed(kernel, depth), output, bias, accumulate, ending);
            return;
        }

        int blocks = Math.Max(1, (depth + MostDepth - 1) / MostDepth), row = DepthPerBlock(grid);
        for (int i = 0; i < blocks; i++)
        {
            int first = (int)((long)depth * i / blocks), last = (int)((long)depth * (i + 1) / blocks);
            if (last > first) grid.Pack(source, position, count, first, last, patches, row, map);
            PanelOperand right = new(kernel + (nint)first * Panels.Width, (nint)depth * Panels.Width, Panels.Width);
            Product(count, pass.Panels, last - first, LeftOperand.RowMajor(patches, row), right, output, i == 0 ? bias : null, accumulate || i > 0,
                i == blocks - 1 ? ending : null);
        }
    }

    private static void Product(int rows, int panels, int depth, LeftOperand a, PanelOperand b, ProductOutput c, float* bias, bool accumulate, ProductEnding* ending)
    {
        if (ending != null) EndedProduct.Multiply(rows, panels, depth, a, b, c, accumulate, *ending);
        else if (accumulate) TileProduct.Accumulate(rows, panels, depth, a, b, c);
        else if (bias != null) TileProduct.MultiplyWithBias(rows, panels, depth, a, b, c, bias);
        else TileProduct.Multiply(rows, panels, depth, a, b, c);
    }

    private static int DepthPerBlock(PatchGrid grid)
    {
        int blocks = Math.Max(1, (grid.Depth + MostDepth - 1) / MostDepth);
        return (grid.Depth + blocks - 1) / blocks;
    }
}

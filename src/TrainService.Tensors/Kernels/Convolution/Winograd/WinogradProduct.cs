using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Convolution.Winograd;

/// <summary>
/// The convolution in tiles: blocks of tiles are transformed into scratch memory, multiplied plane by plane for two panels of outputs at a time, and
/// transformed back into the image while they lie in cache. Every number has one order of operations, whatever the cut.
/// </summary>
public static unsafe class WinogradProduct
{
    /// <summary>Tiles of a block: rows of its products.</summary>
    private const int TilesOfBlock = 64;

    private const int PanelsAtOnce = 2;

    // The bias goes into the plane of the points (1, 1), which the way back adds to every output once.
    private const int PlaneOfBias = 7;

    public static int ScratchLength(WinogradShape shape)
    {
        int tiles = RowsOfBlock(shape) * shape.TilesAcross;
        long planes = WinogradShape.Planes * (WinogradShape.PlaneStride(tiles, shape.Inputs) + WinogradShape.PlaneStride(tiles, PanelsAtOnce * Panels.Width));
        return checked((int)planes + TileBand.Length(shape, shape.Inputs) + TileTransform.ScratchLength + WinogradShape.Tile * WinogradShape.Tile * Panels.Width * PanelsAtOnce);
    }

    /// <summary>The samples <paramref name="from"/> … <paramref name="to"/> - 1.</summary>
    /// <param name="kernel">As <see cref="WinogradKernel"/> makes it.</param>
    /// <param name="bias">One for each output; null for none.</param>
    /// <param name="accumulate">Add to what is in <paramref name="y"/>.</param>
    public static void Run(WinogradShape shape, int from, int to, TileImages x, float* kernel, TileImages y, float* bias, bool accumulate, float* scratch)
        => Run(SimdPaths.Best, shape, from, to, x, kernel, y, bias, accumulate, scratch);

    internal static void Run(
        SimdPath path, WinogradShape shape, int from, int to, TileImages x, float* kernel, TileImages y, float* bias, bool accumulate, float* scratch)
    {
        switch (path)
        {
            case SimdPath.Vector512: Samples<Lane512, Vector512<float>>(path, shape, from, to, x, kernel, y, bias, accumulate, scratch); break;
            case SimdPath.Vector256: Samples<Lane256, Vector256<float>>(path, shape, from, to, x, kernel, y, bias, accumulate, scratch); break;
            case SimdPath.Vector128: Samples<Lane128, Vector128<float>>(path, shape, from, to, x, kernel, y, bias, accumulate, scratch); break;
            default: Samples<LaneScalar, float>(path, shape, from, to, x, kernel, y, bias, accumulate, scratch); break;
        }
    }

    private static int RowsOfBlock(WinogradShape shape) => Math.Max(1, TilesOfBlock / shape.TilesAcross);

    private static void Samples<L, V>(
        SimdPath path, WinogradShape shape, int from, int to, TileImages x, float* kernel, TileImages y, float* bias, bool accumulate, float* scratch)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        int most = RowsOfBlock(shape), first = from * shape.TilesDown, rows = to * shape.TilesDown - first, blocks = (rows + most - 1) / most;
        for (int i = 0; i < blocks; i++)
        {
            int start = first + (int)((long)rows * i / blocks), end = first + (int)((long)rows * (i + 1) / blocks);
            Block<L, V>(path, shape, start, end, x, kernel, y, bias, accumulate, scratch);
        }
    }

    /// <summary>The rows of tiles <paramref name="start"/> … <paramref name="end"/> - 1, counted through all images.</summary>
    private static void Block<L, V>(
        SimdPath path, WinogradShape shape, int start, int end, TileImages x, float* kernel, TileImages y, float* bias, bool accumulate, float* scratch)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        int tiles = (end - start) * shape.TilesAcross, inputs = shape.Inputs, outputs = shape.Outputs;
        nint plane = (nint)WinogradShape.PlaneStride(tiles, inputs);
        float* planes = scratch, products = planes + WinogradShape.Planes * plane;
        float* temporary = products + WinogradShape.Planes * (nint)WinogradShape.PlaneStride(tiles, PanelsAtOnce * Panels.Width);
        float* band = temporary + TileTransform.ScratchLength + WinogradShape.Tile * WinogradShape.Tile * Panels.Width * PanelsAtOnce;
        for (int row = start; row < end; row++)
            TileBand.Transform<L, V>(shape, row, x, planes + (nint)(row - start) * shape.TilesAcross * inputs, plane, band, temporary);
        for (int panel = 0; panel < outputs / Panels.Width; panel += PanelsAtOnce)
        {
            int panels = Math.Min(PanelsAtOnce, outputs / Panels.Width - panel), width = panels * Panels.Width;
            nint product = (nint)WinogradShape.PlaneStride(tiles, width);
            for (int p = 0; p < WinogradShape.Planes; p++)
            {
                PanelOperand right = PanelOperand.Packed(kernel + ((nint)p * outputs + panel * Panels.Width) * inputs, inputs);
                float* start16 = bias != null && p == PlaneOfBias ? bias + panel * Panels.Width : null;
                TileProduct.Run(path, tiles, panels, inputs, LeftOperand.RowMajor(planes + p * plane, inputs), right,
                    ProductOutput.RowMajor(products + p * product, width), start16, accumulate: false);
            }

            for (int row = start; row < end; row++)
                PutRow<L, V>(shape, row, products + (nint)(row - start) * shape.TilesAcross * width, product, width, y, panel * Panels.Width, accumulate, temporary);
        }
    }

    /// <summary>A row of tiles back into the image, clipped at its right and lower border.</summary>
    private static void PutRow<L, V>(
        WinogradShape shape, int row, float* products, nint plane, int width, TileImages y, int channel, bool accumulate, float* scratch)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        int top = row % shape.TilesDown * WinogradShape.Tile, height = Math.Min(WinogradShape.Tile, shape.Vertical.Out - top);
        nint line = (nint)shape.Horizontal.Out * y.Pixel;
        float* target = y.Of(row / shape.TilesDown) + top * line + channel, tile = scratch + TileTransform.ScratchLength;
        for (int i = 0; i < shape.TilesAcross; i++, products += width, target += WinogradShape.Tile * y.Pixel)
        {
            int across = Math.Min(WinogradShape.Tile, shape.Horizontal.Out - i * WinogradShape.Tile);
            if (!accumulate && height == WinogradShape.Tile && across == WinogradShape.Tile)
            {
                TileTransform.Run<L, V, OutputTransform>(products, WinogradShape.Points * plane, plane, target, line, y.Pixel, width, scratch);
                continue;
            }

            TileTransform.Run<L, V, OutputTransform>(products, WinogradShape.Points * plane, plane, tile, WinogradShape.Tile * width, width, width, scratch);
            for (int r = 0; r < height; r++)
            {
                for (int p = 0; p < across; p++)
                {
                    float* from = tile + (r * WinogradShape.Tile + p) * width, to = target + r * line + (nint)p * y.Pixel;
                    for (int c = 0; c < width; c += L.Width) L.Store(accumulate ? L.Add(L.Load(to + c), L.Load(from + c)) : L.Load(from + c), to + c);
                }
            }
        }
    }
}

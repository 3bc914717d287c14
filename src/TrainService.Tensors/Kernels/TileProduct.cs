using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels;

/// <summary>
/// The one general matrix product that dense layers and convolutions are made of:
/// C[r, 16·q + j] = start + Σₚ A[r, p] · B[p, 16·q + j], for r &lt; rows, q &lt; panels, j &lt; 16, p &lt; depth, with any strides.
/// </summary>
/// <remarks>
/// Each element is one chain of fused multiply-adds in the order of p, so its bits depend neither on how the work is divided nor on the width of the
/// processor's vectors. A and B must not overlap C. Nothing is checked: the plan that calls this has placed the buffers.
/// </remarks>
public static unsafe class TileProduct
{
    /// <summary>C = A · B.</summary>
    public static void Multiply(int rows, int panels, int depth, LeftOperand a, PanelOperand b, ProductOutput c)
        => Run(SimdPaths.Best, rows, panels, depth, a, b, c, bias: null, accumulate: false);

    /// <summary>C = bias + A · B, where <paramref name="bias"/> holds 16 · panels floats.</summary>
    public static void MultiplyWithBias(int rows, int panels, int depth, LeftOperand a, PanelOperand b, ProductOutput c, float* bias)
        => Run(SimdPaths.Best, rows, panels, depth, a, b, c, bias, accumulate: false);

    /// <summary>C = C + A · B: goes on with the chains that are in C.</summary>
    public static void Accumulate(int rows, int panels, int depth, LeftOperand a, PanelOperand b, ProductOutput c)
        => Run(SimdPaths.Best, rows, panels, depth, a, b, c, bias: null, accumulate: true);

    internal static void Run(
        SimdPath path, int rows, int panels, int depth, in LeftOperand a, in PanelOperand b, in ProductOutput c, float* bias, bool accumulate, ProductEnding* ending = null)
    {
        if (rows <= 0 || panels <= 0) return;
        switch (path)
        {
            case SimdPath.Vector512:
                Blocks<Lane512, Vector512<float>>(ProductTiling.Vector512, rows, panels, depth, a, b, c, bias, accumulate, ending);
                break;
            case SimdPath.Vector256:
                Blocks<Lane256, Vector256<float>>(ProductTiling.Vector256, rows, panels, depth, a, b, c, bias, accumulate, ending);
                break;
            case SimdPath.Vector128:
                Blocks<Lane128, Vector128<float>>(ProductTiling.Vector128, rows, panels, depth, a, b, c, bias, accumulate, ending);
                break;
            default:
                Blocks<LaneScalar, float>(ProductTiling.Scalar, rows, panels, depth, a, b, c, bias, accumulate, ending);
                break;
        }
    }

    /// <summary>
    /// Depth in blocks, so that the panels' slice of a tile stays in L1 while the rows pass over it; rows in blocks, so that their slice stays in L2
    /// while the panels pass over it.
    /// </summary>
    private static void Blocks<L, V>(
        ProductTiling tiling, int rows, int panels, int depth, in LeftOperand a, in PanelOperand b, in ProductOutput c, float* bias, bool accumulate, ProductEnding* ending)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        int depthBlocks = Math.Max(1, Ceiling(depth, tiling.Depth)), rowBlocks = Ceiling(rows, RowBlock);
        for (int k = 0; k < depthBlocks; k++)
        {
            int p0 = Part(depth, k, depthBlocks), p1 = Part(depth, k + 1, depthBlocks);
            bool onwards = accumulate || k > 0;
            for (int i = 0; i < rowBlocks; i++)
            {
                int r0 = Part(rows, i, rowBlocks), r1 = Part(rows, i + 1, rowBlocks);
                var arguments = new TileArguments
                {
                    A = a.Data + r0 * a.Row + p0 * a.Depth,
                    ARow = a.Row,
                    ADepth = a.Depth,
                    BDepth = b.Depth,
                    C = c.Data + r0 * c.Row,
                    CRow = c.Row,
                    Depth = p1 - p0,
                    Accumulate = onwards,
                };
                bool ended = ending != null && k == depthBlocks - 1;
                if (ended) (arguments.Low, arguments.High, arguments.ResidualRow) = (ending->Low, ending->High, ending->Residual == null ? 0 : ending->ResidualRow);
                ProductEnding own = ended ? ending->From(r0, 0) : default;
                Columns<L, V>(tiling.Rows, r1 - r0, panels, arguments, b.Data + p0 * b.Depth, b.Panel, c.Panel, onwards ? null : bias, own);
            }
        }
    }

    /// <summary>All columns of one block of rows and depth, two vectors of columns at a time.</summary>
    private static void Columns<L, V>(
        int tileRows, int rows, int panels, TileArguments t, float* b, nint bPanel, nint cPanel, float* bias, in ProductEnding ending)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        int each = Panels.Width / L.Width; // vectors in a panel
        int vectors = panels * each;
        bool whole = each == 1; // then a tile spans two panels, else a part of one
        t.BSecond = whole ? bPanel : L.Width;
        t.CSecond = whole ? cPanel : L.Width;
        t.BiasSecond = L.Width;
        float* a = t.A, c = t.C;
        for (int v = 0; v < vectors; v += 2)
        {
            int panel = v / each, within = v % each * L.Width;
            t.B = b + panel * bPanel + within;
            t.Bias = bias == null ? null : bias + v * L.Width;
            if (ending.Scale != null)
            {
                t.Scale = ending.Scale + v * L.Width;
                t.Shift = ending.Shift + v * L.Width;
                t.Residual = ending.Residual == null ? null : ending.Residual + v * L.Width;
            }

            t.A = a;
            t.C = c + panel * cPanel + within;
            Rows<L, V>(tileRows, rows, Math.Min(2, vectors - v), ref t);
        }
    }

    /// <summary>All rows of a block, in tiles as equal as can be: 13 rows are better done as 7 and 6 than as 12 and 1.</summary>
    private static void Rows<L, V>(int tileRows, int rows, int columns, ref TileArguments t)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        bool ended = t.Scale != null;
        int tiles = Ceiling(rows, tileRows), size = rows / tiles, larger = rows % tiles;
        for (int i = 0; i < tiles; i++)
        {
            int height = i < larger ? size + 1 : size;
            TileTable<L, V>.For(height, columns, ended)(t);
            if (ended) t.Residual += height * t.ResidualRow;
            t.A += height * t.ARow;
            t.C += height * t.CRow;
        }
    }

    /// <summary>Rows of a block: 256 · 256 floats take a quarter of a megabyte, half of the smallest L2 in sight.</summary>
    private const int RowBlock = 256;

    private static int Ceiling(int value, int unit) => (value + unit - 1) / unit;

    /// <summary>Start of part <paramref name="index"/> when <paramref name="length"/> is cut into <paramref name="parts"/> nearly equal parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Part(int length, int index, int parts) => (int)((long)length * index / parts);
}

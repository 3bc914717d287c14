using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Updates;

/// <summary>
/// A product that is the gradient of weights, applied to them by an optimizer's rule tile by tile, as the sums leave the registers: they go through a
/// kilobyte of memory that is always the same and always in cache. While one tile is applied the processor is at work on the next one's sums.
/// </summary>
/// <remarks>
/// The bits are those of <see cref="TileProduct.Multiply"/> and <see cref="UpdateLoop"/> one after the other. The rule can't stand within the tile's own
/// method: with twelve rows of formulas the compiler gives up inlining, and spills every sum.
/// </remarks>
internal static unsafe class UpdateProduct
{
    /// <summary>Greatest depth: of a deeper product the sums would have to be kept between blocks of depth.</summary>
    public const int MostDepth = 400;

    /// <summary>W and slots updated by the gradient A · B.</summary>
    /// <param name="depth">At most <see cref="MostDepth"/>.</param>
    public static void Run<TRule>(SimdPath path, TRule rule, int rows, int panels, int depth, in LeftOperand a, in PanelOperand b, in UpdateTarget target)
        where TRule : unmanaged, IUpdateRule
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, MostDepth);
        if (rows <= 0 || panels <= 0) return;
        switch (path)
        {
            case SimdPath.Vector512: Columns<TRule, Lane512, Vector512<float>>(ProductTiling.Vector512.Rows, rule, rows, panels, depth, a, b, target); break;
            case SimdPath.Vector256: Columns<TRule, Lane256, Vector256<float>>(ProductTiling.Vector256.Rows, rule, rows, panels, depth, a, b, target); break;
            case SimdPath.Vector128: Columns<TRule, Lane128, Vector128<float>>(ProductTiling.Vector128.Rows, rule, rows, panels, depth, a, b, target); break;
            default: Columns<TRule, LaneScalar, float>(ProductTiling.Scalar.Rows, rule, rows, panels, depth, a, b, target); break;
        }
    }

    /// <summary>Two vectors of columns at a time, and rows in tiles as equal as can be, as in <see cref="TileProduct"/>.</summary>
    [SkipLocalsInit]
    private static void Columns<TRule, L, V>(int tileRows, TRule rule, int rows, int panels, int depth, in LeftOperand a, in PanelOperand b, in UpdateTarget target)
        where TRule : unmanaged, IUpdateRule
        where L : struct, ILane<V>
        where V : unmanaged
    {
        float* sums = stackalloc float[2 * ProductTile.MaxRows * Panels.Width + Panels.Width];
        sums += (nint)(-(nint)sums & 63) / sizeof(float);
        int each = Panels.Width / L.Width, vectors = panels * each, tiles = (rows + tileRows - 1) / tileRows, size = rows / tiles, larger = rows % tiles;
        var slots = new SlotWays(target.Way(0), target.Way(1), target.Way(2));
        nint second = each == 1 ? target.Panel : L.Width;
        var tile = new TileArguments
        {
            C = sums,
            ARow = a.Row,
            ADepth = a.Depth,
            BDepth = b.Depth,
            BSecond = each == 1 ? b.Panel : L.Width,
            CRow = 2 * L.Width,
            CSecond = L.Width,
            Depth = depth,
        };
        for (int v = 0; v < vectors; v += 2)
        {
            int panel = v / each, within = v % each * L.Width, columns = Math.Min(2, vectors - v);
            float* weights = target.Weights + panel * target.Panel + within;
            tile.A = a.Data;
            tile.B = b.Data + panel * b.Panel + within;
            for (int i = 0; i < tiles; i++)
            {
                int height = i < larger ? size + 1 : size;
                TileTable<L, V>.For(height, columns, ended: false)(tile);
                if (columns == 2) Two<TRule, L, V>(rule, sums, height, weights, second, slots);
                else One<TRule, L, V>(rule, sums, height, weights, slots);
                tile.A += height * tile.ARow;
                weights += height * Panels.Width;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Two<TRule, L, V>(TRule rule, float* sums, int rows, float* weights, nint second, in SlotWays slots)
        where TRule : unmanaged, IUpdateRule
        where L : struct, ILane<V>
        where V : unmanaged
    {
        nint a = slots.A, b = slots.B, c = slots.C;
        for (; rows > 0; rows--, sums += 2 * L.Width, weights += Panels.Width)
        {
            UpdateLoop.Apply<TRule, L, V>(rule, L.Load(sums), weights, a, b, c);
            UpdateLoop.Apply<TRule, L, V>(rule, L.Load(sums + L.Width), weights + second, a, b, c);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void One<TRule, L, V>(TRule rule, float* sums, int rows, float* weights, in SlotWays slots)
        where TRule : unmanaged, IUpdateRule
        where L : struct, ILane<V>
        where V : unmanaged
    {
        nint a = slots.A, b = slots.B, c = slots.C;
        for (; rows > 0; rows--, sums += 2 * L.Width, weights += Panels.Width) UpdateLoop.Apply<TRule, L, V>(rule, L.Load(sums), weights, a, b, c);
    }

    /// <summary>Floats from a weight to its slots.</summary>
    private readonly record struct SlotWays(nint A, nint B, nint C);
}

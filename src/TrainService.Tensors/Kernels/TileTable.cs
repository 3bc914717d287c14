using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels;

/// <summary>The tiles of every size for one width of vector: [columns - 1][rows - 1].</summary>
internal static unsafe class TileTable<L, V>
    where L : struct, ILane<V>
    where V : unmanaged
{
    private static readonly delegate*<in TileArguments, void>[] Plain =
    [
        &ProductTile.Run<L, V, N1, N1, N1>,
        &ProductTile.Run<L, V, N2, N1, N1>,
        &ProductTile.Run<L, V, N3, N1, N1>,
        &ProductTile.Run<L, V, N4, N1, N1>,
        &ProductTile.Run<L, V, N5, N1, N1>,
        &ProductTile.Run<L, V, N6, N1, N1>,
        &ProductTile.Run<L, V, N7, N1, N1>,
        &ProductTile.Run<L, V, N8, N1, N1>,
        &ProductTile.Run<L, V, N9, N1, N1>,
        &ProductTile.Run<L, V, N10, N1, N1>,
        &ProductTile.Run<L, V, N11, N1, N1>,
        &ProductTile.Run<L, V, N12, N1, N1>,
        &ProductTile.Run<L, V, N1, N2, N1>,
        &ProductTile.Run<L, V, N2, N2, N1>,
        &ProductTile.Run<L, V, N3, N2, N1>,
        &ProductTile.Run<L, V, N4, N2, N1>,
        &ProductTile.Run<L, V, N5, N2, N1>,
        &ProductTile.Run<L, V, N6, N2, N1>,
        &ProductTile.Run<L, V, N7, N2, N1>,
        &ProductTile.Run<L, V, N8, N2, N1>,
        &ProductTile.Run<L, V, N9, N2, N1>,
        &ProductTile.Run<L, V, N10, N2, N1>,
        &ProductTile.Run<L, V, N11, N2, N1>,
        &ProductTile.Run<L, V, N12, N2, N1>,
    ];

    private static readonly delegate*<in TileArguments, void>[] Ended =
    [
        &ProductTile.Run<L, V, N1, N1, N2>,
        &ProductTile.Run<L, V, N2, N1, N2>,
        &ProductTile.Run<L, V, N3, N1, N2>,
        &ProductTile.Run<L, V, N4, N1, N2>,
        &ProductTile.Run<L, V, N5, N1, N2>,
        &ProductTile.Run<L, V, N6, N1, N2>,
        &ProductTile.Run<L, V, N7, N1, N2>,
        &ProductTile.Run<L, V, N8, N1, N2>,
        &ProductTile.Run<L, V, N9, N1, N2>,
        &ProductTile.Run<L, V, N10, N1, N2>,
        &ProductTile.Run<L, V, N11, N1, N2>,
        &ProductTile.Run<L, V, N12, N1, N2>,
        &ProductTile.Run<L, V, N1, N2, N2>,
        &ProductTile.Run<L, V, N2, N2, N2>,
        &ProductTile.Run<L, V, N3, N2, N2>,
        &ProductTile.Run<L, V, N4, N2, N2>,
        &ProductTile.Run<L, V, N5, N2, N2>,
        &ProductTile.Run<L, V, N6, N2, N2>,
        &ProductTile.Run<L, V, N7, N2, N2>,
        &ProductTile.Run<L, V, N8, N2, N2>,
        &ProductTile.Run<L, V, N9, N2, N2>,
        &ProductTile.Run<L, V, N10, N2, N2>,
        &ProductTile.Run<L, V, N11, N2, N2>,
        &ProductTile.Run<L, V, N12, N2, N2>,
    ];

    /// <param name="columns">In vectors: 1 or 2.</param>
    public static delegate*<in TileArguments, void> For(int rows, int columns, bool ended) => (ended ? Ended : Plain)[(columns - 1) * ProductTile.MaxRows + rows - 1];
}

using System.Runtime.Intrinsics.Arm;

namespace TrainService.Tensors.Kernels;

/// <summary>How a product is cut for a width of vector: most rows of a register tile, and greatest depth of a block. Measured; see the README.</summary>
internal readonly record struct ProductTiling(int Rows, int Depth)
{
    /// <summary>32 registers of 16 floats: two panels' slices of 400 take 50 KB, a little more than L1, which L2 keeps up with.</summary>
    public static ProductTiling Vector512 { get; } = new(Rows: 12, Depth: 400);

    /// <summary>16 registers of 8 floats: a panel's slice of 400 takes 25 KB, within an L1 of 32 KB.</summary>
    public static ProductTiling Vector256 { get; } = new(Rows: 6, Depth: 400);

    /// <summary>Arm has 32 registers, x86 with short vectors 16.</summary>
    public static ProductTiling Vector128 { get; } = new(Rows: AdvSimd.IsSupported ? 12 : 6, Depth: 400);

    public static ProductTiling Scalar { get; } = new(Rows: 4, Depth: 400);
}

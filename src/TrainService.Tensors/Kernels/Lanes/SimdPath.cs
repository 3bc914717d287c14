using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace TrainService.Tensors.Kernels.Lanes;

/// <summary>Which width of vectors the kernels use. All give the same bits.</summary>
public enum SimdPath
{
    Scalar,
    Vector128,
    Vector256,
    Vector512,
}

public static class SimdPaths
{
    /// <summary>The fastest that this processor has.</summary>
    public static SimdPath Best { get; } =
        IsSupported(SimdPath.Vector512) && Vector512.IsHardwareAccelerated ? SimdPath.Vector512
        : IsSupported(SimdPath.Vector256) ? SimdPath.Vector256
        : IsSupported(SimdPath.Vector128) ? SimdPath.Vector128
        : SimdPath.Scalar;

    /// <summary>Whether <paramref name="path"/> runs on this processor; each needs a fused multiply-add in hardware.</summary>
    public static bool IsSupported(SimdPath path) => path switch
    {
        SimdPath.Scalar => true,
        SimdPath.Vector128 => AdvSimd.IsSupported || Fma.IsSupported,
        SimdPath.Vector256 => Avx2.IsSupported && Fma.IsSupported,
        SimdPath.Vector512 => Avx512F.IsSupported,
        _ => false,
    };
}

using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Memory;

namespace TrainService.Tensors.Kernels.Convolution.Winograd;

/// <summary>The kernel at the points: from [out / 16][3][3][in][16] to [plane][out / 16][in][16].</summary>
public static unsafe class WinogradKernel
{
    /// <summary>The panels <paramref name="from"/> … <paramref name="to"/> - 1 of 16 outputs.</summary>
    public static void Run(int inputs, int outputs, float* kernel, float* planes, int from, int to) => Run(SimdPaths.Best, inputs, outputs, kernel, planes, from, to);

    internal static void Run(SimdPath path, int inputs, int outputs, float* kernel, float* planes, int from, int to)
    {
        switch (path)
        {
            case SimdPath.Vector512: Transform<Lane512, Vector512<float>>(inputs, outputs, kernel, planes, from, to); break;
            case SimdPath.Vector256: Transform<Lane256, Vector256<float>>(inputs, outputs, kernel, planes, from, to); break;
            case SimdPath.Vector128: Transform<Lane128, Vector128<float>>(inputs, outputs, kernel, planes, from, to); break;
            default: Transform<LaneScalar, float>(inputs, outputs, kernel, planes, from, to); break;
        }
    }

    private static void Transform<L, V>(int inputs, int outputs, float* kernel, float* planes, int from, int to)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        // Vectors that straddle two cache lines would cost twice.
        float* memory = stackalloc float[TileTransform.ScratchLength + Panels.Width];
        float* scratch = (float*)(((nint)memory + Arena.Alignment - 1) & -Arena.Alignment);
        nint plane = (nint)inputs * outputs, tap = (nint)inputs * Panels.Width;
        for (int panel = from; panel < to; panel++)
        {
            // All inputs of a panel stand one after the other: channels of a tile.
            TileTransform.Run<L, V, KernelTransform>(kernel + panel * 9 * tap, 3 * tap, tap, planes + panel * tap, WinogradShape.Points * plane, plane,
                inputs * Panels.Width, scratch);
        }
    }
}

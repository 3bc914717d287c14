using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Convolution.Winograd;

/// <summary>A transform along both axes of a tile, channel by channel.</summary>
internal static unsafe class TileTransform
{
    /// <summary>Floats of scratch memory for a tile.</summary>
    public const int ScratchLength = WinogradShape.Planes * Panels.Width;

    /// <param name="channels">A multiple of 16; they lie one after the other in source and target.</param>
    /// <param name="row">Floats from a row of the source to the next.</param>
    /// <param name="pixel">Floats from a number of the source's row to the next.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Run<L, V, T>(float* source, nint row, nint pixel, float* target, nint targetRow, nint targetPixel, int channels, float* scratch)
        where L : struct, ILane<V>
        where V : unmanaged
        where T : struct, ITransform
    {
        for (int c = 0; c < channels; c += L.Width)
        {
            for (int i = 0; i < T.From; i++) T.Line<L, V>(source + c + i * pixel, row, scratch + i * L.Width, T.From * L.Width);
            for (int k = 0; k < T.To; k++) T.Line<L, V>(scratch + k * T.From * L.Width, L.Width, target + c + k * targetRow, targetPixel);
        }
    }
}

using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.Tensors.Kernels.Convolution.Winograd;

/// <summary>One row of tiles of an image: the pixels that it sees, with zeros beyond the border, are copied into a band and transformed from there.</summary>
internal static unsafe class TileBand
{
    /// <summary>Floats of a band.</summary>
    public static int Length(WinogradShape shape, int channels) => WinogradShape.Points * Width(shape) * channels;

    /// <summary>The input tiles of row number <paramref name="row"/>, counted through all images, into planes [tile][channel].</summary>
    public static void Transform<L, V>(WinogradShape shape, int row, TileImages x, float* planes, nint plane, float* band, float* scratch)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        int channels = shape.Inputs, width = Width(shape), top = row % shape.TilesDown * WinogradShape.Tile - shape.Vertical.Before;
        float* image = x.Of(row / shape.TilesDown);
        for (int r = 0; r < WinogradShape.Points; r++)
        {
            float* line = band + (nint)r * width * channels;
            if ((uint)(top + r) >= (uint)shape.Vertical.In) new Span<float>(line, width * channels).Clear();
            else Copy<L, V>(image + (nint)(top + r) * shape.Horizontal.In * x.Pixel, x.Pixel, shape.Horizontal.In, shape.Horizontal.Before, line, width, channels, x.Map);
        }

        for (int i = 0; i < shape.TilesAcross; i++, planes += channels)
        {
            TileTransform.Run<L, V, InputTransform>(band + (nint)i * WinogradShape.Tile * channels, (nint)width * channels, channels, planes,
                WinogradShape.Points * plane, plane, channels, scratch);
        }
    }

    /// <summary>The gradient's tiles of a row of tiles, zeros beyond the border.</summary>
    public static void TransformGradient<L, V>(WinogradShape shape, int row, TileImages dy, float* planes, nint plane, float* band, float* scratch)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        int channels = shape.Outputs, width = shape.TilesAcross * WinogradShape.Tile, top = row % shape.TilesDown * WinogradShape.Tile;
        float* image = dy.Of(row / shape.TilesDown);
        for (int r = 0; r < WinogradShape.Tile; r++)
        {
            float* line = band + (nint)r * width * channels;
            if (top + r >= shape.Vertical.Out) new Span<float>(line, width * channels).Clear();
            else Copy<L, V>(image + (nint)(top + r) * shape.Horizontal.Out * dy.Pixel, dy.Pixel, shape.Horizontal.Out, 0, line, width, channels, dy.Map);
        }

        for (int i = 0; i < shape.TilesAcross; i++, planes += channels)
        {
            TileTransform.Run<L, V, GradientTransform>(band + (nint)i * WinogradShape.Tile * channels, (nint)width * channels, channels, planes,
                WinogradShape.Points * plane, plane, channels, scratch);
        }
    }

    /// <summary>Pixels of a band's row.</summary>
    private static int Width(WinogradShape shape) => shape.TilesAcross * WinogradShape.Tile + WinogradShape.Points - WinogradShape.Tile;

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Copy<L, V>(float* source, int pixel, int pixels, int before, float* line, int width, int channels, ChannelMap map)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        new Span<float>(line, before * channels).Clear();
        int count = Math.Min(pixels, width - before);
        line += before * channels;
        if (!map.IsIdentity)
        {
            ChannelNormalization.ApplyTo<L, V>(map, source, pixel, count, channels, line, channels);
            line += count * channels;
        }
        else
        {
            for (int p = 0; p < count; p++, source += pixel, line += channels)
                for (int c = 0; c < channels; c += L.Width) L.Store(L.Load(source + c), line + c);
        }

        new Span<float>(line, (width - before - count) * channels).Clear();
    }
}

using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Convolution.Winograd;

/// <summary>
/// The kernel's gradient in tiles: dW = Gᵀ [Σ over tiles of (Bᵀ d B) · (A dy Aᵀ)] G. Both factors are transformed once for the whole batch; then each
/// piece of the kernel is 36 products over all tiles in their order.
/// </summary>
public static unsafe class WinogradGradient
{
    private const int Taps = 9;

    /// <summary>Floats of scratch memory for transforming.</summary>
    public static int TransformScratch(WinogradShape shape) => Math.Max(TileBand.Length(shape, shape.Inputs), TileBand.Length(shape, shape.Outputs)) + TileTransform.ScratchLength;

    /// <summary>Floats of scratch memory for the products, the gradient included.</summary>
    public static int ProductScratch(int rows, int panels) => (WinogradShape.Planes + Taps) * rows * panels * Panels.Width + TileTransform.ScratchLength;

    /// <summary>The samples from … to - 1 of x and dy into planes [tile of the batch][channel].</summary>
    public static void Transform(WinogradShape shape, int from, int to, TileImages x, float* images, nint imagePlane, TileImages dy, float* gradients, nint gradientPlane, float* scratch)
        => Transform(SimdPaths.Best, shape, from, to, x, images, imagePlane, dy, gradients, gradientPlane, scratch);

    internal static void Transform(
        SimdPath path, WinogradShape shape, int from, int to, TileImages x, float* images, nint imagePlane, TileImages dy, float* gradients, nint gradientPlane, float* scratch)
    {
        switch (path)
        {
            case SimdPath.Vector512: Rows<Lane512, Vector512<float>>(shape, from, to, x, images, imagePlane, dy, gradients, gradientPlane, scratch); break;
            case SimdPath.Vector256: Rows<Lane256, Vector256<float>>(shape, from, to, x, images, imagePlane, dy, gradients, gradientPlane, scratch); break;
            case SimdPath.Vector128: Rows<Lane128, Vector128<float>>(shape, from, to, x, images, imagePlane, dy, gradients, gradientPlane, scratch); break;
            default: Rows<LaneScalar, float>(shape, from, to, x, images, imagePlane, dy, gradients, gradientPlane, scratch); break;
        }
    }

    /// <summary>
    /// The gradient of <paramref name="rows"/> inputs from <paramref name="input"/> on and of some panels: scratch then begins with
    /// [panel][tap][row][16].
    /// </summary>
    /// <param name="tiles">Tiles of the whole batch.</param>
    public static void Product(
        WinogradShape shape, long tiles, float* images, nint imagePlane, float* gradients, nint gradientPlane, int input, int rows, int panel, int panels, float* scratch)
        => Product(SimdPaths.Best, shape, tiles, images, imagePlane, gradients, gradientPlane, input, rows, panel, panels, scratch);

    internal static void Product(
        SimdPath path, WinogradShape shape, long tiles, float* images, nint imagePlane, float* gradients, nint gradientPlane, int input, int rows, int panel, int panels,
        float* scratch)
    {
        int each = rows * Panels.Width;
        nint plane = (nint)panels * each;
        float* products = scratch + Taps * plane;
        for (int p = 0; p < WinogradShape.Planes; p++)
        {
            TileProduct.Run(path, rows, panels, checked((int)tiles), LeftOperand.Transposed(images + p * imagePlane + input, shape.Inputs),
                PanelOperand.RowMajor(gradients + p * gradientPlane + panel * Panels.Width, shape.Outputs), ProductOutput.Packed(products + p * plane, rows), null, false);
        }

        for (int q = 0; q < panels; q++)
        {
            float* from = products + q * each, to = scratch + q * Taps * each, temporary = products + WinogradShape.Planes * plane;
            switch (path)
            {
                case SimdPath.Vector512: Back<Lane512, Vector512<float>>(from, plane, to, each, temporary); break;
                case SimdPath.Vector256: Back<Lane256, Vector256<float>>(from, plane, to, each, temporary); break;
                case SimdPath.Vector128: Back<Lane128, Vector128<float>>(from, plane, to, each, temporary); break;
                default: Back<LaneScalar, float>(from, plane, to, each, temporary); break;
            }
        }
    }

    private static void Back<L, V>(float* products, nint plane, float* taps, int length, float* scratch)
        where L : struct, ILane<V>
        where V : unmanaged
        => TileTransform.Run<L, V, KernelGradientTransform>(products, WinogradShape.Points * plane, plane, taps, 3 * length, length, length, scratch);

    private static void Rows<L, V>(
        WinogradShape shape, int from, int to, TileImages x, float* images, nint imagePlane, TileImages dy, float* gradients, nint gradientPlane, float* scratch)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        float* band = scratch + TileTransform.ScratchLength;
        for (int row = from * shape.TilesDown; row < to * shape.TilesDown; row++)
        {
            nint tile = (nint)row * shape.TilesAcross;
            TileBand.Transform<L, V>(shape, row, x, images + tile * shape.Inputs, imagePlane, band, scratch);
            TileBand.TransformGradient<L, V>(shape, row, dy, gradients + tile * shape.Outputs, gradientPlane, band, scratch);
        }
    }
}

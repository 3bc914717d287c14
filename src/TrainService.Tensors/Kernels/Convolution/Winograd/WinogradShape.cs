namespace TrainService.Tensors.Kernels.Convolution.Winograd;

/// <summary>
/// A 3x3 convolution with strides of 1, worked out in tiles of 4x4 outputs: F(4x4, 3x3) of Lavin and Gray 2015, arXiv:1509.09308, with the points
/// 0, ±1, ±2 and ∞. A tile takes 36 multiplications a channel in place of 144.
/// </summary>
/// <remarks>
/// Rounding errors are about four times those of the plain sum (root mean square 2e-6 of the result's deviation for 128 channels, 5e-5 at worst).
/// Channels of both sides are whole vectors of 16.
/// </remarks>
/// <param name="Vertical">The vertical axis.</param>
/// <param name="Horizontal">The horizontal axis.</param>
/// <param name="Inputs">Channels of x.</param>
/// <param name="Outputs">Channels of y.</param>
public sealed record WinogradShape(AxisWindow Vertical, AxisWindow Horizontal, int Inputs, int Outputs)
{
    /// <summary>Outputs of a tile along an axis.</summary>
    public const int Tile = 4;

    /// <summary>Inputs that a tile sees along an axis, and points of the transformed one.</summary>
    public const int Points = 6;

    /// <summary>Products that a tile takes, each a matrix product over channels.</summary>
    public const int Planes = Points * Points;

    private const int Taps = 3;

    // What else there is to do beside the products, in multiply-adds; measured on Zen 5 with 512-bit vectors.
    private const double TransformCost = 200, KernelCost = 1500, ProductCost = Planes / 0.85;

    public int TilesDown => (Vertical.Out + Tile - 1) / Tile;

    public int TilesAcross => (Horizontal.Out + Tile - 1) / Tile;

    /// <summary>Tiles of an image.</summary>
    public int Tiles => TilesDown * TilesAcross;

    /// <summary>Floats of a transformed kernel, [plane][out / 16][in][16].</summary>
    public long KernelLength => (long)Planes * Inputs * Outputs;

    /// <summary>The convolution that takes dy to dx, with the kernel as <see cref="KernelTransposition"/> leaves it.</summary>
    public WinogradShape Backward => new(Backwards(Vertical), Backwards(Horizontal), Outputs, Inputs);

    /// <summary>The shape in tiles, when it can be done in tiles and that is clearly faster for a batch of this size; else null.</summary>
    public static WinogradShape? Of(ConvolutionShape shape, int batch)
    {
        if (shape.Groups != 1 || shape.Inputs % Panels.Width != 0 || shape.Outputs % Panels.Width != 0 || !Fits(shape.Vertical) || !Fits(shape.Horizontal))
            return null;
        WinogradShape tiled = new(shape.Vertical, shape.Horizontal, shape.Inputs, shape.Outputs);
        double tiles = (double)batch * tiled.Tiles, pairs = (double)shape.Inputs * shape.Outputs;
        double cost = (pairs * ((tiles * ProductCost) + KernelCost)) + (tiles * (shape.Inputs + shape.Outputs) * TransformCost);
        return cost < 0.8 * shape.Work * batch ? tiled : null;
    }

    /// <summary>Floats from a plane of so many tiles to the next: an odd number of cache lines, or all planes would share a few sets of the cache.</summary>
    public static long PlaneStride(long tiles, int channels) => ((tiles * channels / Panels.Width) | 1) * Panels.Width;

    private static bool Fits(AxisWindow axis) => axis is { Kernel: Taps, Stride: 1, Dilation: 1 };

    private static AxisWindow Backwards(AxisWindow axis) => new(axis.Out, Taps, 1, 1, Taps - 1 - axis.Before, axis.In);
}

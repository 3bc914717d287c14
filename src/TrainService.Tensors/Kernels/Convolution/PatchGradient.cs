using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>
/// The gradient of a convolution's kernel: dW[k, j] = Σ over all positions of patch[k] · dy[j], for a range of k and of panels, positions in order.
/// </summary>
public static unsafe class PatchGradient
{
    /// <summary>Floats of patches in a block: 128 KB.</summary>
    private const int BlockLength = 32 * 1024;

    private const int MostPositions = 512;

    /// <summary>Floats of scratch memory for <paramref name="rows"/> of k and <paramref name="panels"/>, without the gradient's own.</summary>
    /// <param name="mapped">It is run with a map.</param>
    public static int ScratchLength(PatchGrid patches, PatchGrid columns, int rows, int panels, bool mapped = false)
    {
        int positions = PositionsPerBlock(rows);
        return (patches.IsPlain && !mapped ? 0 : positions * rows + PatchGrid.Overhang) + (IsDirect(columns) ? 0 : positions * panels * Panels.Width + PatchGrid.Overhang);
    }

    /// <summary>Gradient of rows first … last - 1 of the given panels, [panel][row][16], over all positions from <paramref name="from"/> to <paramref name="to"/>.</summary>
    /// <param name="patches">The left factor; <paramref name="images"/> is where its images begin.</param>
    /// <param name="map">What is done to each number of the images as it is read.</param>
    /// <param name="columns">The gradient of the output, as a grid that sees just each pixel.</param>
    public static void Run(
        PatchGrid patches, float* images, PatchGrid columns, float* gradients, int first, int last, int panel, int panels, long from, long to,
        float* result, float* scratch, in ChannelMap map = default)
    {
        bool plain = patches.IsPlain && map.IsIdentity;
        int rows = last - first, each = PositionsPerBlock(rows), width = panels * Panels.Width;
        int channel = panel * Panels.Width, channels = Math.Min(width, columns.Depth - channel);
        bool direct = IsDirect(columns);
        float* copied = scratch + (plain ? 0 : each * rows + PatchGrid.Overhang);
        if (!direct && channels < width) new Span<float>(copied, each * width).Clear();
        for (long position = from; position < to; position += each)
        {
            int count = (int)Math.Min(each, to - position);
            LeftOperand left;
            if (plain)
            {
                int stride = patches.Image.PixelStride;
                left = LeftOperand.Transposed(images + position * stride + first, stride);
            }
            else
            {
                patches.Pack(images, position, count, first, last, scratch, rows, map);
                left = LeftOperand.Transposed(scratch, rows);
            }

            PanelOperand right;
            if (direct)
            {
                int stride = columns.Image.PixelStride;
                right = PanelOperand.RowMajor(gradients + position * stride + channel, stride);
            }
            else
            {
                columns.Pack(gradients, position, count, channel, channel + channels, copied, width);
                right = PanelOperand.RowMajor(copied, width);
            }

            ProductOutput output = ProductOutput.Packed(result, rows);
            if (position == from) TileProduct.Multiply(rows, panels, count, left, right, output);
            else TileProduct.Accumulate(rows, panels, count, left, right, output);
        }
    }

    /// <summary>Pixels are whole panels at even distances, so that the product can read them where they are.</summary>
    private static bool IsDirect(PatchGrid columns) => columns.IsPlain && columns.Image.HasWholePanels;

    private static int PositionsPerBlock(int rows) => Math.Clamp(BlockLength / rows, 16, MostPositions);
}

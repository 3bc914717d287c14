namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>
/// One sweep of a depthwise convolution: at each position of a grid over the source, the sum over taps of pixel · weight, channel by channel, goes to a
/// pixel of the target. Pixels of both are whole vectors of 16.
/// </summary>
/// <param name="Source">What the taps see.</param>
/// <param name="StepY">Rows from a position to the one below.</param>
/// <param name="StepX">Pixels from a position to the next.</param>
/// <param name="TapsY">Rows seen from position 0.</param>
/// <param name="TapsX">Pixels of a row seen from position 0.</param>
/// <param name="KernelY">Row of the kernel of each of <paramref name="TapsY"/>.</param>
/// <param name="KernelX">Column of the kernel of each of <paramref name="TapsX"/>.</param>
/// <param name="KernelHeight">Rows of the whole kernel.</param>
/// <param name="KernelWidth">Columns of the whole kernel, [channels / 16][height][width][16].</param>
/// <param name="Target">Where the results go.</param>
/// <param name="FirstY">Row of the target for position 0; then every TargetStepY-th.</param>
/// <param name="FirstX">Pixel of the target for position 0; then every TargetStepX-th.</param>
/// <param name="TargetStepY">Rows of the target between positions.</param>
/// <param name="TargetStepX">Pixels of the target between positions.</param>
/// <param name="Height">Positions of the grid.</param>
/// <param name="Width">Positions of the grid.</param>
public sealed record DepthwisePass(
    ImageLayout Source, int StepY, int StepX, int[] TapsY, int[] TapsX, int[] KernelY, int[] KernelX, int KernelHeight, int KernelWidth,
    ImageLayout Target, int FirstY, int FirstX, int TargetStepY, int TargetStepX, int Height, int Width)
{
    /// <summary>Positions of a row from which every tap lies within the source: First … End - 1.</summary>
    public (int First, int End) Inner { get; } = InnerOf(Source.Width, StepX, TapsX, Width);

    /// <summary>The taps, when they stand at even distances.</summary>
    internal DepthwiseWindow Window { get; } = DepthwiseWindow.Of(TapsY, TapsX, KernelY, KernelX);

    /// <summary>Rows of the source that the rows of positions before <paramref name="y"/> see, from the first row of the image on.</summary>
    public int RowsSeen(int y) => y <= 0 || TapsY.Length == 0 ? 0 : Math.Clamp((y - 1) * StepY + TapsY.Max() + 1, 0, Source.Height);

    /// <summary>The convolution itself: x to y.</summary>
    public static DepthwisePass Forward(AxisWindow down, AxisWindow across, int channels, int xStride, long xSample, int yStride, long ySample) => new(
        new ImageLayout(down.In, across.In, channels, false, xStride, xSample), down.Stride, across.Stride, down.Taps(), across.Taps(),
        [.. Enumerable.Range(0, down.Kernel)], [.. Enumerable.Range(0, across.Kernel)], down.Kernel, across.Kernel,
        new ImageLayout(down.Out, across.Out, channels, false, yStride, ySample), 0, 0, 1, 1, down.Out, across.Out);

    /// <summary>Its input gradient, dy to dx: one pass for each phase of the strides.</summary>
    public static IReadOnlyList<DepthwisePass> Backward(AxisWindow down, AxisWindow across, int channels, int yStride, long ySample, int xStride, long xSample)
    {
        List<DepthwisePass> passes = [];
        ImageLayout source = new(down.Out, across.Out, channels, false, yStride, ySample), target = new(down.In, across.In, channels, false, xStride, xSample);
        for (int phase = 0; phase < down.Stride * across.Stride; phase++)
        {
            AxisPhase vertical = down.Phase(phase / across.Stride), horizontal = across.Phase(phase % across.Stride);
            if (vertical.Count == 0 || horizontal.Count == 0) continue;
            passes.Add(new DepthwisePass(source, 1, 1, vertical.Windows, horizontal.Windows, vertical.Taps, horizontal.Taps, down.Kernel, across.Kernel,
                target, vertical.First, horizontal.First, down.Stride, across.Stride, vertical.Count, horizontal.Count));
        }

        return passes;
    }

    private static (int First, int End) InnerOf(int sourceWidth, int step, int[] taps, int width)
    {
        if (taps.Length == 0) return (0, width);
        int first = Math.Max(0, (-taps.Min() + step - 1) / step), last = sourceWidth - 1 - taps.Max();
        int end = last < 0 ? 0 : Math.Min(width, last / step + 1);
        return first < end ? (first, end) : (width, width);
    }
}

/// <summary>Taps at even distances.</summary>
/// <param name="IsSmall">They are, and they are at most 3 by 3.</param>
/// <param name="TapX">Pixels from a tap to the next.</param>
/// <param name="KernelStep">Columns of the kernel from a tap's weight to the next one's.</param>
internal readonly record struct DepthwiseWindow(bool IsSmall, int TapX, int KernelStep)
{
    private const int Most = 3;

    public static DepthwiseWindow Of(int[] tapsY, int[] tapsX, int[] kernelY, int[] kernelX)
    {
        if (tapsY.Length is 0 or > Most || tapsX.Length is 0 or > Most) return default;
        int tap = tapsX.Length > 1 ? tapsX[1] - tapsX[0] : 0, step = tapsX.Length > 1 ? kernelX[1] - kernelX[0] : 0;
        for (int i = 1; i < tapsX.Length; i++)
            if (tapsX[i] - tapsX[i - 1] != tap || kernelX[i] - kernelX[i - 1] != step) return default;
        return new(kernelY.Length == tapsY.Length, tap, step);
    }
}

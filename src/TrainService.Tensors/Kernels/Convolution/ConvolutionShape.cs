namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>
/// y[oy, ox, o] = Σ x[oy · stride + ky · dilation - before, …, c] · W[ky, kx, c, o]; with groups, output o sees only the inputs of its own group.
/// Kernels lie in panels of 16 outputs, [group][outputs of the group / 16][ky][kx][c][16].
/// </summary>
/// <param name="Vertical">The vertical axis.</param>
/// <param name="Horizontal">The horizontal axis.</param>
/// <param name="Inputs">Channels of x.</param>
/// <param name="Outputs">Channels of y.</param>
/// <param name="Groups">Divides both.</param>
public sealed record ConvolutionShape(AxisWindow Vertical, AxisWindow Horizontal, int Inputs, int Outputs, int Groups)
{
    public int InputsPerGroup => Inputs / Groups;

    public int OutputsPerGroup => Outputs / Groups;

    /// <summary>Numbers of x that one y is made of.</summary>
    public int Depth => Vertical.Kernel * Horizontal.Kernel * InputsPerGroup;

    public int PanelsPerGroup => Panels.Count(OutputsPerGroup);

    /// <summary>Floats that the kernel takes in panels.</summary>
    public long KernelLength => (long)Groups * PanelsPerGroup * Depth * Panels.Width;

    /// <summary>Multiply-adds of one sample.</summary>
    public double Work => (double)Vertical.Out * Horizontal.Out * Outputs * Depth;

    /// <summary>What y is made of, for one group.</summary>
    public PatchGrid Patches(int xStride, long xSample) => new(
        new ImageLayout(Vertical.In, Horizontal.In, InputsPerGroup, Groups > 1, xStride, xSample), Vertical.Out, Horizontal.Out, Vertical.Stride, Horizontal.Stride,
        Vertical.Taps(), Horizontal.Taps());

    /// <summary>The pixels of y, for one group.</summary>
    public PatchGrid OutputPixels(int yStride, long ySample)
        => new(new ImageLayout(Vertical.Out, Horizontal.Out, OutputsPerGroup, Groups > 1, yStride, ySample), Vertical.Out, Horizontal.Out, 1, 1, [0], [0]);

    /// <summary>From x to y.</summary>
    public IReadOnlyList<PatchPass> Forward(int xStride, long xSample, int yStride, long ySample)
    {
        PatchGrid grid = Patches(xStride, xSample);
        PixelTarget target = new(new ImageLayout(Vertical.Out, Horizontal.Out, OutputsPerGroup, Groups > 1, yStride, ySample), 0, 0, 1, 1, Vertical.Out, Horizontal.Out);
        return [.. Enumerable.Range(0, Groups).Select(g => new PatchPass(
            grid, g * InputsPerGroup, g * (KernelLength / Groups), target, g * OutputsPerGroup, g == Groups - 1 ? yStride - Outputs : 0))];
    }

    /// <summary>
    /// From dy to dx. The pixels of x that are a whole number of strides apart see the same taps: each such phase is one product, with the
    /// kernel as <see cref="KernelTransposition"/> leaves it.
    /// </summary>
    public (IReadOnlyList<PatchPass> Passes, KernelTransposition Kernel, long KernelLength) Backward(int yStride, long ySample, int xStride, long xSample)
    {
        List<PatchPass> passes = [];
        List<(long From, long To, long Panel)> taps = [];
        ImageLayout source = new(Vertical.Out, Horizontal.Out, OutputsPerGroup, Groups > 1, yStride, ySample);
        ImageLayout image = new(Vertical.In, Horizontal.In, InputsPerGroup, Groups > 1, xStride, xSample);
        long at = 0;
        for (int phase = 0; phase < Vertical.Stride * Horizontal.Stride; phase++)
        {
            AxisPhase vertical = Vertical.Phase(phase / Horizontal.Stride), horizontal = Horizontal.Phase(phase % Horizontal.Stride);
            if (vertical.Count == 0 || horizontal.Count == 0) continue;
            PatchGrid grid = new(source, vertical.Count, horizontal.Count, 1, 1, vertical.Windows, horizontal.Windows);
            PixelTarget target = new(image, vertical.First, horizontal.First, Vertical.Stride, Horizontal.Stride, vertical.Count, horizontal.Count);
            for (int g = 0; g < Groups; g++)
            {
                passes.Add(new PatchPass(grid, g * OutputsPerGroup, at, target, g * InputsPerGroup, g == Groups - 1 ? xStride - Inputs : 0));
                for (int i = 0; i < vertical.Taps.Length * horizontal.Taps.Length; i++)
                {
                    int tap = vertical.Taps[i / horizontal.Taps.Length] * Horizontal.Kernel + horizontal.Taps[i % horizontal.Taps.Length];
                    taps.Add((g * (KernelLength / Groups) + (long)tap * InputsPerGroup * Panels.Width, at + (long)i * OutputsPerGroup * Panels.Width,
                        (long)grid.Depth * Panels.Width));
                }

                at += (long)Panels.Count(InputsPerGroup) * grid.Depth * Panels.Width;
            }
        }

        return (passes, new KernelTransposition(this, taps), Math.Max(at, Panels.Width));
    }
}

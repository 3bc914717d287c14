namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>How a kernel passes over one axis of an image.</summary>
/// <param name="In">Pixels of the image.</param>
/// <param name="Kernel">Taps.</param>
/// <param name="Stride">Pixels from one window to the next.</param>
/// <param name="Dilation">Pixels from one tap to the next.</param>
/// <param name="Before">Zeros that are thought before the first pixel.</param>
/// <param name="Out">Windows.</param>
public readonly record struct AxisWindow(int In, int Kernel, int Stride, int Dilation, int Before, int Out)
{
    /// <summary>Pixels that the taps span.</summary>
    public int Span => SpanOf(Kernel, Dilation);

    /// <summary>Only windows that lie within the image: ⌊(n - span) / stride⌋ + 1. Zero or less when the kernel doesn't fit.</summary>
    public static AxisWindow Valid(int n, int kernel, int stride, int dilation)
    {
        int room = n - SpanOf(kernel, dilation);
        return new(n, kernel, stride, dilation, 0, room < 0 ? 0 : room / stride + 1);
    }

    /// <summary>⌈n / stride⌉ windows; the zeros that they need stand half before, half after, one more after when odd.</summary>
    public static AxisWindow Same(int n, int kernel, int stride, int dilation)
    {
        int windows = (n + stride - 1) / stride;
        int zeros = Math.Max(0, (windows - 1) * stride + SpanOf(kernel, dilation) - n);
        return new(n, kernel, stride, dilation, zeros / 2, windows);
    }

    /// <summary>⌈n / stride⌉ windows of which each sees only what lies at or before its own pixel.</summary>
    public static AxisWindow Causal(int n, int kernel, int stride, int dilation)
    {
        int before = SpanOf(kernel, dilation) - 1;
        return new(n, kernel, stride, dilation, before, (n - 1) / stride + 1);
    }

    /// <summary>Where the taps of the window at pixel 0 lie.</summary>
    public int[] Taps()
    {
        int[] taps = new int[Kernel];
        for (int i = 0; i < Kernel; i++) taps[i] = i * Dilation - Before;
        return taps;
    }

    /// <summary>
    /// The pixels first, first + stride … of the image, seen from the windows: which taps reach them, and from which window each, counted from the
    /// number of the pixel in this sequence. Windows ascend.
    /// </summary>
    internal AxisPhase Phase(int first)
    {
        List<(int Window, int Tap)> reached = [];
        for (int tap = Kernel - 1; tap >= 0; tap--)
        {
            int distance = first + Before - tap * Dilation;
            if (distance % Stride == 0) reached.Add((distance / Stride, tap));
        }

        int count = first < In ? (In - first + Stride - 1) / Stride : 0;
        return new AxisPhase(first, count, [.. reached.Select(r => r.Window)], [.. reached.Select(r => r.Tap)]);
    }

    private static int SpanOf(int kernel, int dilation) => (kernel - 1) * dilation + 1;
}

/// <summary>Pixels First, First + stride … (Count of them): pixel j is reached from windows j + Windows[i] through taps Taps[i].</summary>
internal readonly record struct AxisPhase(int First, int Count, int[] Windows, int[] Taps);

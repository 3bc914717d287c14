using TrainService.Specification;
using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Layers.Convolution;

/// <summary>How a kernel passes over an image; the arguments that all convolutions share.</summary>
public sealed record Window(Extent Kernel, Extent Stride, Extent Dilation, WindowPadding Padding)
{
    /// <summary>Greatest kernel, stride and dilation.</summary>
    private const int Most = 1024;

    internal static ArgumentSpec[] Arguments(bool causal = false, bool line = false) =>
    [
        Arg.Integers("kernel_size", line ? "Steps that the kernel spans." : "Height and width of the kernel, or one number for both.",
            min: 1, max: Most, maxCount: line ? 1 : 2, required: true),
        Arg.Integers("strides", line ? "Steps from one window to the next." : "Pixels from one window to the next, down and across, or one number for both.",
            [1], min: 1, max: Most, maxCount: line ? 1 : 2),
        causal
            ? Arg.Choice("padding", "valid: windows within the sequence; same: zeros at both ends; causal: zeros at the start, so that no window sees later steps.",
                "valid", "valid", "same", "causal")
            : Arg.Choice("padding", "valid: windows within the image; same: zeros around it, so that strides of 1 keep its size.", "valid", "valid", "same"),
        Arg.Integers("dilation_rate", line ? "Steps from one tap to the next." : "Pixels from one tap of the kernel to the next, down and across.",
            [1], min: 1, max: Most, maxCount: line ? 1 : 2),
    ];

    /// <exception cref="ArgumentConflictException">Both strides and dilation are above 1.</exception>
    internal static Window From(Arguments a, bool line = false)
    {
        Window window = new(Read(a, "kernel_size", line), Read(a, "strides", line), Read(a, "dilation_rate", line),
            a.Text("padding") switch { "same" => WindowPadding.Same, "causal" => WindowPadding.Causal, _ => WindowPadding.Valid });
        if (window.Stride.Most > 1 && window.Dilation.Most > 1)
            throw new ArgumentConflictException("dilation_rate", "strides and dilation_rate can't both be above 1.");
        return window;
    }

    /// <exception cref="LayerShapeException">The kernel doesn't fit.</exception>
    internal AxisWindow Down(int height) => Axis("height", height, Kernel.Height, Stride.Height, Dilation.Height);

    /// <exception cref="LayerShapeException">The kernel doesn't fit.</exception>
    internal AxisWindow Across(int width) => Axis("width", width, Kernel.Width, Stride.Width, Dilation.Width);

    private AxisWindow Axis(string name, int n, int kernel, int stride, int dilation)
    {
        AxisWindow window = Padding switch
        {
            WindowPadding.Same => AxisWindow.Same(n, kernel, stride, dilation),
            WindowPadding.Causal => AxisWindow.Causal(n, kernel, stride, dilation),
            _ => AxisWindow.Valid(n, kernel, stride, dilation),
        };
        return window.Out > 0
            ? window
            : throw new LayerShapeException($"has a kernel that spans {window.Span} of a {name} of {n}; use a smaller kernel or padding same.");
    }

    private static Extent Read(Arguments a, string name, bool line)
    {
        IReadOnlyList<long> values = a.Integers(name);
        return line ? new Extent(1, (int)values[0]) : new Extent((int)values[0], (int)values[^1]);
    }
}

/// <summary>Something down and across an image.</summary>
public readonly record struct Extent(int Height, int Width)
{
    public int Most => Math.Max(Height, Width);
}

/// <summary>Where zeros are thought around an image.</summary>
public enum WindowPadding
{
    Valid,
    Same,
    Causal,
}

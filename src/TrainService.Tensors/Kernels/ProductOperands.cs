namespace TrainService.Tensors.Kernels;

/// <summary>The left factor: element (r, p) lies at data[r · row + p · depth]. Strides in floats, any sign.</summary>
public readonly unsafe struct LeftOperand(float* data, nint row, nint depth)
{
    public float* Data => data;

    public nint Row => row;

    public nint Depth => depth;

    /// <summary>Rows of a row-major matrix whose rows are <paramref name="stride"/> apart.</summary>
    public static LeftOperand RowMajor(float* data, nint stride) => new(data, stride, 1);

    /// <summary>The transpose of such a matrix: its columns are the rows, and depth runs down its rows.</summary>
    public static LeftOperand Transposed(float* data, nint stride) => new(data, 1, stride);
}

/// <summary>The right factor in panels of 16 columns: element (p, 16·q + j) lies at data[q · panel + p · depth + j].</summary>
public readonly unsafe struct PanelOperand(float* data, nint panel, nint depth)
{
    public float* Data => data;

    public nint Panel => panel;

    public nint Depth => depth;

    /// <summary>Panels one after the other, [columns / 16][depth][16], as weights are kept.</summary>
    public static PanelOperand Packed(float* data, int depth) => new(data, (nint)depth * Panels.Width, Panels.Width);

    /// <summary>A row-major matrix whose rows are <paramref name="stride"/> apart and padded to whole panels.</summary>
    public static PanelOperand RowMajor(float* data, nint stride) => new(data, Panels.Width, stride);
}

/// <summary>Where the product goes: element (r, 16·q + j) at data[r · row + q · panel + j]. All 16 columns of each panel are written.</summary>
public readonly unsafe struct ProductOutput(float* data, nint row, nint panel)
{
    public float* Data => data;

    public nint Row => row;

    public nint Panel => panel;

    /// <summary>A row-major matrix whose rows are <paramref name="stride"/> apart and padded to whole panels.</summary>
    public static ProductOutput RowMajor(float* data, nint stride) => new(data, stride, Panels.Width);

    /// <summary>Panels one after the other, [columns / 16][rows][16].</summary>
    public static ProductOutput Packed(float* data, int rows) => new(data, Panels.Width, (nint)rows * Panels.Width);
}

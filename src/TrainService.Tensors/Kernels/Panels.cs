using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels;

/// <summary>
/// Weights as the product wants them: a matrix [k, n] is kept in panels of 16 columns, [⌈n/16⌉][k][16], the last padded with zeros.
/// </summary>
public static unsafe class Panels
{
    /// <summary>Columns of a panel.</summary>
    public const int Width = 16;

    /// <summary>Panels that hold <paramref name="columns"/> columns.</summary>
    public static int Count(int columns) => (columns + Width - 1) / Width;

    /// <summary><paramref name="columns"/> rounded up to whole panels.</summary>
    public static int Padded(int columns) => Count(columns) * Width;

    /// <summary>Floats that the panels of a [k, n] matrix take.</summary>
    public static long Length(int k, int n) => (long)k * Padded(n);

    /// <summary>Canonical row-major [k, n] to panels; padding columns become 0.</summary>
    public static void Pack(ReadOnlySpan<float> matrix, int k, int n, Span<float> panels)
    {
        Check(matrix.Length, panels.Length, k, n);
        for (int q = 0; q < Count(n); q++)
        {
            int first = q * Width, width = Math.Min(Width, n - first);
            Span<float> panel = panels.Slice(q * k * Width, k * Width);
            for (int p = 0; p < k; p++)
            {
                Span<float> row = panel.Slice(p * Width, Width);
                matrix.Slice(p * n + first, width).CopyTo(row);
                row[width..].Clear();
            }
        }
    }

    /// <summary>Panels back to canonical row-major [k, n].</summary>
    public static void Unpack(ReadOnlySpan<float> panels, int k, int n, Span<float> matrix)
    {
        Check(matrix.Length, panels.Length, k, n);
        for (int q = 0; q < Count(n); q++)
        {
            int first = q * Width, width = Math.Min(Width, n - first);
            ReadOnlySpan<float> panel = panels.Slice(q * k * Width, k * Width);
            for (int p = 0; p < k; p++) panel.Slice(p * Width, width).CopyTo(matrix.Slice(p * n + first, width));
        }
    }

    /// <summary>
    /// Panels of the transposed matrix: from W [k, n] in [⌈n/16⌉][k][16] to Wᵀ [n, k] in [⌈k/16⌉][n][16]. Writes the panels
    /// <paramref name="from"/> … <paramref name="to"/> - 1 of ⌈k/16⌉, whole; columns beyond k become 0.
    /// </summary>
    public static void Transpose(float* panels, int k, int n, float* transposed, int from, int to)
        => Transpose(SimdPaths.Best, panels, k, n, transposed, from, to);

    internal static void Transpose(SimdPath path, float* panels, int k, int n, float* transposed, int from, int to)
    {
        for (int q = from; q < to; q++)
        {
            int first = q * Width, rows = Math.Min(Width, k - first);
            for (int j = 0; j < n; j += Width)
            {
                float* source = panels + ((nint)(j / Width) * k + first) * Width;
                float* target = transposed + ((nint)q * n + j) * Width;
                int columns = Math.Min(Width, n - j);
                if (rows == Width && columns == Width) PanelTranspose.Square(path, source, target);
                else PanelTranspose.Part(source, target, rows, columns);
            }
        }
    }

    private static void Check(int matrix, int panels, int k, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (matrix < (long)k * n) throw new ArgumentException($"A [{k}, {n}] matrix takes {(long)k * n} floats, got {matrix}.", nameof(matrix));
        if (panels < Length(k, n)) throw new ArgumentException($"The panels of a [{k}, {n}] matrix take {Length(k, n)} floats, got {panels}.", nameof(panels));
    }
}

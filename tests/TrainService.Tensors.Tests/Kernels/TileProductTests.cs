using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Memory;

namespace TrainService.Tensors.Tests.Kernels;

public unsafe class TileProductTests
{
    private enum Start
    {
        Zero,
        Bias,
        Accumulate,
    }

    [Theory]
    [ClassData(typeof(AllPaths))]
    public void Every_small_size_and_tail_equals_the_naive_chain_bit_for_bit(SimdPath path)
    {
        for (int rows = 1; rows <= 27; rows++)
        {
            for (int panels = 1; panels <= 5; panels++)
            {
                foreach (int depth in (int[])[0, 1, 2, 7])
                    Check(path, rows, panels, depth, (Start)((rows + panels + depth) % 3), transposed: depth == 2);
            }
        }
    }

    [Theory]
    [ClassData(typeof(AllPaths))]
    public void Blocks_of_depth_and_rows_do_not_change_the_bits(SimdPath path)
    {
        foreach (Start start in Enum.GetValues<Start>())
        {
            Check(path, 5, 3, 255, start, transposed: false);
            Check(path, 5, 3, 257, start, transposed: true);
            Check(path, 300, 1, 600, start, transposed: false);
            Check(path, 13, 2, 1031, start, transposed: true);
        }
    }

    [Theory]
    [ClassData(typeof(AllPaths))]
    public void What_is_not_finite_spreads_along_its_row_and_column_and_no_further(SimdPath path)
    {
        const int Rows = 14, Panel = 3, Depth = 5, Columns = Panel * 16;
        float[] a = new float[Rows * Depth], b = new float[Columns * Depth], c = new float[Rows * Columns];
        Array.Fill(a, 1f);
        Array.Fill(b, 2f);
        a[3 * Depth + 1] = float.NaN;
        a[12 * Depth + 4] = float.PositiveInfinity;
        b[20 * 1 + 0] = 0f; // panel 0, depth 1, column 4
        b[(1 * Depth + 4) * 16 + 7] = 0f; // panel 1, depth 4, column 23
        fixed (float* pa = a, pb = b, pc = c)
        {
            TileProduct.Run(
                path, Rows, Panel, Depth, LeftOperand.RowMajor(pa, Depth), PanelOperand.Packed(pb, Depth), ProductOutput.RowMajor(pc, Columns), null, false);
        }

        for (int r = 0; r < Rows; r++)
        {
            for (int j = 0; j < Columns; j++)
            {
                float expected = (r, j) switch
                {
                    (3, _) => float.NaN,
                    (12, 23) => float.NaN, // ∞ · 0
                    (12, _) => float.PositiveInfinity,
                    (_, 4 or 23) => 8f,
                    _ => 10f,
                };
                c[r * Columns + j].ShouldBe(expected, $"{r}, {j}");
            }
        }
    }

    private static void Check(SimdPath path, int rows, int panels, int depth, Start start, bool transposed)
    {
        int columns = panels * Panels.Width;
        int aRow = transposed ? 1 : depth + 3, aDepth = transposed ? rows + 5 : 1;
        int bDepth = 16, bPanel = depth * 16 + 48, cRow = 16, cPanel = rows * 16 + 16;
        if (rows % 2 == 0) (bDepth, bPanel, cRow, cPanel) = (columns + 16, 16, columns + 5, 16);
        int aLength = rows * aRow + depth * aDepth + 1, bLength = panels * bPanel + (depth + 1) * bDepth, cLength = rows * cRow + panels * cPanel;
        using var arena = new Arena(aLength + bLength + 2 * cLength + columns);
        float* a = arena.At(0), b = a + aLength, c = b + bLength, expected = c + cLength, bias = expected + cLength;
        var random = new Random(rows * 1000 + panels * 100 + depth);
        for (long i = 0; i < arena.Length; i++) a[i] = random.NextSingle() * 2 - 1;
        for (int i = 0; i < cLength; i++) expected[i] = c[i];

        for (int r = 0; r < rows; r++)
        {
            for (int j = 0; j < columns; j++)
            {
                float* element = expected + r * cRow + j / 16 * cPanel + j % 16;
                float sum = start switch { Start.Bias => bias[j], Start.Accumulate => *element, _ => 0 };
                for (int p = 0; p < depth; p++)
                    sum = MathF.FusedMultiplyAdd(a[r * aRow + p * aDepth], b[j / 16 * bPanel + p * bDepth + j % 16], sum);
                *element = sum;
            }
        }

        TileProduct.Run(
            path, rows, panels, depth, new LeftOperand(a, aRow, aDepth), new PanelOperand(b, bPanel, bDepth), new ProductOutput(c, cRow, cPanel),
            start == Start.Bias ? bias : null, start == Start.Accumulate);
        new Span<float>(c, cLength).SequenceEqual(new Span<float>(expected, cLength))
            .ShouldBeTrue($"{path}: rows {rows}, panels {panels}, depth {depth}, {start}, transposed {transposed}");
    }
}

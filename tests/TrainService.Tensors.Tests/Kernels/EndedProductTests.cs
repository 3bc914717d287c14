using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Memory;

namespace TrainService.Tensors.Tests.Kernels;

/// <summary>The ended product against the plain one, finished element by element: the same bits on every width of vector.</summary>
public unsafe class EndedProductTests
{
    [Theory]
    [ClassData(typeof(AllPaths))]
    public void Ending_a_product_is_the_product_finished(SimdPath path)
    {
        foreach (int rows in (int[])[1, 7, 13, 96, 97, 200])
            foreach (int panels in (int[])[1, 2, 3])
                foreach (int depth in (int[])[1, 20, 401])
                    foreach (bool residual in (bool[])[false, true])
                        Check(path, rows, panels, depth, residual, rows % 2 == 0 ? (0f, 0.6f) : panels == 2 ? (0f, float.PositiveInfinity) : (float.NegativeInfinity, float.PositiveInfinity));
    }

    [Theory]
    [ClassData(typeof(AllPaths))]
    public void NaN_passes_the_bounds(SimdPath path)
    {
        using Arena arena = new(48);
        float* c = arena.At(0), scale = c + 16, shift = scale + 16;
        new Span<float>(scale, 16).Fill(1);
        (c[0], c[1], c[2], c[3]) = (float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3);
        EndedProduct.Finish(path, 1, 1, ProductOutput.RowMajor(c, 16), new ProductEnding(scale, shift, 0, 6));
        new Span<float>(c, 5).ToArray().ShouldBe([float.NaN, 6, 0, 3, 0]);
    }

    private static void Check(SimdPath path, int rows, int panels, int depth, bool residual, (float Low, float High) bounds)
    {
        int columns = panels * Panels.Width;
        using Arena arena = new((long)rows * depth + (long)depth * columns + 3L * rows * columns + 2 * columns);
        float* a = arena.At(0), b = a + rows * depth, c = b + depth * columns, expected = c + rows * columns, added = expected + rows * columns, scale = added + rows * columns, shift = scale + columns;
        var random = new Random(rows + panels + depth);
        for (float* x = a; x < shift + columns; x++) *x = random.NextSingle() - 0.5f;
        new Span<float>(expected, rows * columns).Clear();
        new Span<float>(c, rows * columns).Clear();
        TileProduct.Run(SimdPath.Scalar, rows, panels, depth, LeftOperand.RowMajor(a, depth), PanelOperand.Packed(b, depth), ProductOutput.RowMajor(expected, columns), null, accumulate: false);
        for (int i = 0; i < rows * columns; i++)
        {
            float y = MathF.FusedMultiplyAdd(expected[i], scale[i % columns], shift[i % columns]);
            if (residual) y += added[i];
            expected[i] = Math.Min(Math.Max(y, bounds.Low), bounds.High);
        }

        ProductEnding ending = new(scale, shift, bounds.Low, bounds.High, residual ? added : null, columns);
        EndedProduct.Run(path, rows, panels, depth, LeftOperand.RowMajor(a, depth), PanelOperand.Packed(b, depth), ProductOutput.RowMajor(c, columns), accumulate: false, ending);
        for (int i = 0; i < rows * columns; i++) c[i].ShouldBe(expected[i], $"{path} {rows}x{panels}x{depth} residual {residual} at {i}");
    }
}

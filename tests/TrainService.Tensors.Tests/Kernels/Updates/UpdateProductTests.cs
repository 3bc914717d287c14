using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;
using TrainService.Tensors.Memory;

namespace TrainService.Tensors.Tests.Kernels.Updates;

/// <summary>The update from the registers against the scalar product into memory and the scalar update after it: the same bits on every width of vector.</summary>
public unsafe class UpdateProductTests
{
    [Theory]
    [ClassData(typeof(AllPaths))]
    public void Every_small_size_and_tail_equals_the_scalar_reference(SimdPath path)
    {
        for (int rows = 1; rows <= 27; rows++)
            for (int panels = 1; panels <= 5; panels++)
                Check(path, new WithSlots1(0.9f, 0.01f), rows, panels, (rows + panels) % 4 * 9, transposed: rows % 2 == 0);
    }

    [Theory]
    [ClassData(typeof(AllPaths))]
    public void Rules_with_any_number_of_slots(SimdPath path)
    {
        foreach (int rows in (int[])[1, 11, 112])
        {
            Check(path, new WithSlots0(0.01f), rows, 3, 32, transposed: true);
            Check(path, new WithSlots2(0.01f), rows, 3, 32, transposed: true);
            Check(path, new WithSlots3(0.01f), rows, 2, UpdateProduct.MostDepth, transposed: true);
        }
    }

    [Fact]
    public void Deeper_products_are_refused()
        => Should.Throw<ArgumentOutOfRangeException>(() => UpdateProduct.Run(SimdPath.Scalar, new WithSlots0(1), 1, 1, UpdateProduct.MostDepth + 1, default, default, default));

    private static void Check<TRule>(SimdPath path, TRule rule, int rows, int panels, int depth, bool transposed)
        where TRule : unmanaged, IUpdateRule
    {
        // A gap behind each panel, which must stay as it is.
        int panel = (rows + 2) * Panels.Width, length = panels * panel, columns = panels * Panels.Width;
        using Arena arena = new((rows + 1L) * (depth + 1) + (long)depth * columns + 8L * length + (long)rows * columns);
        float* a = arena.At(0), b = a + (rows + 1) * (depth + 1), gradient = b + depth * columns, own = gradient + rows * columns, expected = own + 4 * length;
        var random = new Random(rows * 100 + panels * 10 + depth);
        for (long i = 0; i < arena.Length; i++) arena.At(0)[i] = random.NextSingle() * 2 - 1;
        // Slots of squares are never negative.
        for (int i = length; i < 4 * length; i++) own[i] = Math.Abs(own[i]);
        new Span<float>(own, 4 * length).CopyTo(new Span<float>(expected, 4 * length));

        LeftOperand left = transposed ? LeftOperand.Transposed(a, rows + 1) : LeftOperand.RowMajor(a, depth + 1);
        PanelOperand right = PanelOperand.RowMajor(b, columns);
        TileProduct.Run(SimdPath.Scalar, rows, panels, depth, left, right, ProductOutput.Packed(gradient, rows), null, accumulate: false);
        for (int q = 0; q < panels; q++)
        {
            UpdateLoop.Run(SimdPath.Scalar, rule, Part(expected, 0, q), new(gradient + q * rows * Panels.Width, rows * Panels.Width),
                Part(expected, 1, q), Part(expected, 2, q), Part(expected, 3, q));
        }

        UpdateProduct.Run(path, rule, rows, panels, depth, left, right, new UpdateTarget(own, own + length, own + 2 * length, own + 3 * length, panel));
        new Span<float>(own, 4 * length).SequenceEqual(new Span<float>(expected, 4 * length)).ShouldBeTrue($"{path} {typeof(TRule).Name}: {rows} rows, {panels} panels, depth {depth}");

        Span<float> Part(float* all, int slot, int q) => new(all + slot * length + q * panel, rows * Panels.Width);
    }
}

internal readonly struct WithSlots0(float rate) : IUpdateRule
{
    public static int Slots => 0;

    public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
        where L : struct, ILane<V>
        where V : unmanaged
        => w -= g * rate;
}

internal readonly struct WithSlots1(float momentum, float rate) : IUpdateRule
{
    public static int Slots => 1;

    public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        s0 = (s0 * momentum) - (g * rate);
        w += s0;
    }
}

internal readonly struct WithSlots2(float rate) : IUpdateRule
{
    public static int Slots => 2;

    public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        s0 += (g - s0) * 0.1f;
        s1 += ((g * g) - s1) * 0.001f;
        w -= s0 * rate / (Floats<L, V>.Sqrt(s1) + 1e-7f);
    }
}

internal readonly struct WithSlots3(float rate) : IUpdateRule
{
    public static int Slots => 3;

    public void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        s0 += (g - s0) * 0.1f;
        s1 += ((g * g) - s1) * 0.001f;
        s2 = Floats<L, V>.Max(s2, s1);
        w -= s0 * rate / (Floats<L, V>.Sqrt(s2) + 1e-7f);
    }
}

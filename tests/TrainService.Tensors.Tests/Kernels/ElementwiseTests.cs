using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Tests.Kernels;

public unsafe class ElementwiseTests
{
    [Fact]
    public void Rows_are_added_and_columns_summed_within_their_stride_only()
    {
        const int Rows = 5, Columns = 19, Stride = 24;
        float[] x = Random(Rows * Stride), before = [.. x], row = Random(Columns), sums = Random(Columns + 1), sumsBefore = [.. sums];
        fixed (float* px = x, pr = row, ps = sums)
        {
            Elementwise.AddRow(px, Rows, Columns, Stride, pr);
            for (int i = 0; i < x.Length; i++) x[i].ShouldBe(i % Stride < Columns ? before[i] + row[i % Stride] : before[i]);

            Elementwise.ColumnSums(px, Rows, Columns, Stride, ps, accumulate: true);
            for (int j = 0; j < Columns; j++)
            {
                float sum = sumsBefore[j];
                for (int r = 0; r < Rows; r++) sum += x[r * Stride + j];
                sums[j].ShouldBe(sum);
            }

            Elementwise.ColumnSums(px, 1, Columns, Stride, ps);
            sums[..Columns].ShouldBe(x[..Columns]);
            sums[Columns].ShouldBe(sumsBefore[Columns]);
        }
    }

    [Fact]
    public void Plain_arithmetic_is_rounded_once()
    {
        for (int length = 0; length < 70; length++)
        {
            float[] x = Random(length), y = Random(length + 1)[1..];
            Apply(y, z => Elementwise.AddScaled(z, 0.3f, x), (a, i) => MathF.FusedMultiplyAdd(x[i], 0.3f, a));
            Apply(y, z => Elementwise.Scale(z, 0.7f), (a, _) => a * 0.7f);
            Apply(y, z => Elementwise.Multiply(z, x), (a, i) => a * x[i]);
            Apply(y, z => Elementwise.Clamp(z, -0.5f, 0.25f), (a, _) => Math.Clamp(a, -0.5f, 0.25f));
        }

        static void Apply(float[] start, Action<float[]> kernel, Func<float, int, float> expected)
        {
            float[] got = [.. start];
            kernel(got);
            got.ShouldBe(start.Select(expected));
        }
    }

    [Fact]
    public void Clamping_keeps_NaN_and_takes_infinity_to_the_limits()
    {
        float[] x = [float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        Elementwise.Clamp(x, -1, 1);
        x.ShouldBe([float.NaN, 1f, -1f]);
    }

    [Theory]
    [ClassData(typeof(AllPaths))]
    public void Sums_are_added_in_the_order_that_is_documented(SimdPath path)
    {
        for (int length = 0; length < 100; length++)
        {
            float[] x = Random(length);
            Reductions.Sum<Reductions.Value>(path, x).ShouldBe(InOrder(x, v => v));
            Reductions.Sum<Reductions.Square>(path, x).ShouldBe(InOrder(x, v => v * v));
        }

        static double InOrder(float[] x, Func<double, double> term)
        {
            double[] sums = new double[16];
            for (int i = 0; i < x.Length; i++) sums[i % 16] += term(x[i]);
            for (int half = 8; half > 0; half /= 2)
                for (int i = 0; i < half; i++) sums[i] += sums[i + half];
            return sums[0];
        }
    }

    [Theory]
    [ClassData(typeof(AllPaths))]
    public void A_single_number_that_is_not_finite_is_found_wherever_it_stands(SimdPath path)
    {
        for (int length = 1; length < 140; length++)
        {
            float[] x = new float[length];
            Array.Fill(x, float.MaxValue);
            FiniteCheck.AnyNonFinite(path, x).ShouldBeFalse();
            for (int i = 0; i < length; i++)
            {
                x[i] = (i % 3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => float.NegativeInfinity };
                FiniteCheck.AnyNonFinite(path, x).ShouldBeTrue();
                x[i] = float.MinValue;
            }
        }

        FiniteCheck.AnyNonFinite(path, []).ShouldBeFalse();
    }

    [Theory]
    [ClassData(typeof(AllPaths))]
    public void Bytes_are_scaled_and_shifted_with_one_rounding(SimdPath path)
    {
        byte[] x = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];
        for (int length = 0; length <= x.Length; length += length < 70 ? 1 : 46)
        {
            float[] y = new float[length + 1];
            y[length] = 9;
            ByteWidening.Apply(path, x.AsSpan(0, length), 1 / 255f, -0.5f, y);
            for (int i = 0; i < length; i++) y[i].ShouldBe(MathF.FusedMultiplyAdd(x[i], 1 / 255f, -0.5f));
            y[length].ShouldBe(9);
        }

        Should.Throw<ArgumentException>(() => ByteWidening.Apply(path, x, 1, 0, new float[299]));
    }

    private static float[] Random(int length)
    {
        var random = new Random(length);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 2 - 1)];
    }
}

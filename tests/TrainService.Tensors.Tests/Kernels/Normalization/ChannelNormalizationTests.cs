using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Normalization;
using TrainService.Tensors.Memory;

namespace TrainService.Tensors.Tests.Kernels.Normalization;

/// <summary>Each kernel against its formula in double, on every width of vector to the same bits, and cut anywhere.</summary>
public unsafe class ChannelNormalizationTests
{
    private const int Stride = 48, Most = 200;

    private static readonly float[] X = Random(1, Most * Stride, 3, 1), G = Random(2, Most * Stride, 0, 1);
    private static readonly float[] Means = Random(3, Stride, 3, 0.5), Scales = Random(4, Stride, 0, 1), Shifts = Random(5, Stride, 0, 1), Slopes = Random(6, Stride, 0, 1);

    public static TheoryData<int> Pixels => [1, 2, 3, 63, 64, 65, 127, 129, 200];

    [Theory]
    [MemberData(nameof(Pixels))]
    public void Applying_a_map_is_its_formula(int pixels)
    {
        float[] z = OnEveryPath((path, arena) =>
        {
            ChannelNormalization.Apply(path, Map(arena, 0, 6), arena.At(0), Stride, pixels, Stride, arena.At(Result), Stride);
            return arena.Span(Result, pixels * Stride).ToArray();
        });
        for (int i = 0; i < z.Length; i++) ((double)z[i]).ShouldBe(Math.Clamp(Normalized(i), 0, 6), 2e-6 * 10, $"{i}");
    }

    [Theory]
    [MemberData(nameof(Pixels))]
    public void Moments_are_sums(int pixels)
    {
        double[] sums = OnEveryPath((path, arena) =>
        {
            double* totals = (double*)arena.At(Result);
            new Span<double>(totals, 2 * Stride).Clear();
            ChannelNormalization.AddMoments(path, arena.At(0), pixels, Stride, totals, arena.At(Scratch));
            return new Span<double>(totals, 2 * Stride).ToArray();
        });
        for (int c = 0; c < Stride; c++)
        {
            double[] column = [.. Enumerable.Range(0, pixels).Select(p => (double)X[p * Stride + c])];
            sums[c].ShouldBe(column.Sum(), 1e-5 * pixels);
            sums[Stride + c].ShouldBe(column.Sum(v => v * v), 1e-4 * pixels);
        }
    }

    [Theory]
    [MemberData(nameof(Pixels))]
    public void Gradients_pass_within_the_limits_and_are_summed(int pixels)
    {
        foreach (bool limits in (bool[])[false, true])
        {
            (float[] g, double[] sums) = (new float[pixels * Stride], []);
            sums = OnEveryPath((path, arena) =>
            {
                double* totals = (double*)arena.At(Result);
                new Span<double>(totals, 2 * Stride).Clear();
                ChannelNormalization.AddGradients(path, Map(arena, 0, 6), limits, arena.At(0), arena.At(Gradient), pixels, Stride, totals, arena.At(Scratch));
                g = arena.Span(Gradient, pixels * Stride).ToArray();
                return new Span<double>(totals, 2 * Stride).ToArray();
            });
            for (int i = 0; i < g.Length; i++)
            {
                double z = Normalized(i);
                if (Math.Abs(z) > 1e-5 && Math.Abs(z - 6) > 1e-5) g[i].ShouldBe(!limits || (z > 0 && z < 6) ? G[i] : 0);
            }

            for (int c = 0; c < Stride; c++)
            {
                IEnumerable<int> column = Enumerable.Range(0, pixels).Select(p => p * Stride + c);
                sums[c].ShouldBe(column.Sum(i => (double)g[i]), 1e-5 * pixels);
                sums[Stride + c].ShouldBe(column.Sum(i => (double)g[i] * (X[i] - (double)Means[c])), 1e-5 * pixels);
            }
        }
    }

    [Fact]
    public void Sums_don_t_depend_on_where_they_are_cut()
    {
        using Arena arena = Filled();
        double* whole = (double*)arena.At(Result), parts = whole + 2 * Stride;
        new Span<double>(whole, 4 * Stride).Clear();
        ChannelNormalization.AddMoments(arena.At(0), Most, Stride, whole, arena.At(Scratch));
        ChannelNormalization.AddMoments(arena.At(0), 64, Stride, parts, arena.At(Scratch));
        ChannelNormalization.AddMoments(arena.At(64 * Stride), 128, Stride, parts, arena.At(Scratch));
        ChannelNormalization.AddMoments(arena.At(192 * Stride), Most - 192, Stride, parts, arena.At(Scratch));
        new Span<double>(parts, 2 * Stride).SequenceEqual(new Span<double>(whole, 2 * Stride)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_input_gradient_is_its_formula(bool accumulate)
    {
        float[] dx = OnEveryPath((path, arena) =>
        {
            arena.Span(Result, Most * Stride).Fill(1);
            ChannelNormalization.InputGradient(path, arena.At(Parameters), arena.At(Parameters + Stride), arena.At(Parameters + 2 * Stride), arena.At(Parameters + 3 * Stride),
                arena.At(0), arena.At(Gradient), 65, Stride, arena.At(Result), accumulate);
            return arena.Span(Result, 65 * Stride).ToArray();
        });
        for (int i = 0; i < dx.Length; i++)
        {
            int c = i % Stride;
            ((double)dx[i]).ShouldBe(Scales[c] * (G[i] - (double)Shifts[c] - (X[i] - (double)Means[c]) * Slopes[c]) + (accumulate ? 1 : 0), 1e-4);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_sum_maps_and_limits_both(bool mapA, bool mapB)
    {
        float[] y = OnEveryPath((path, arena) =>
        {
            ChannelNormalization.Sum(path, mapA ? Map(arena, -1, 2) : default, arena.At(0), mapB ? Map(arena, 0, 6) : default, arena.At(0), 65, Stride, 0, 5, arena.At(Result));
            return arena.Span(Result, 65 * Stride).ToArray();
        });
        for (int i = 0; i < y.Length; i++)
        {
            double a = mapA ? Math.Clamp(Normalized(i), -1, 2) : X[i], b = mapB ? Math.Clamp(Normalized(i), 0, 6) : X[i];
            ((double)y[i]).ShouldBe(Math.Clamp(a + b, 0, 5), 2e-5);
        }
    }

    [Fact]
    public void A_few_channels_are_mapped_as_whole_vectors_are()
    {
        using Arena arena = Filled();
        ChannelMap map = Map(arena, 0, 6);
        ChannelNormalization.Apply(map, arena.At(0), 1, Stride, arena.At(Result));
        float[] whole = arena.Span(Result, Stride).ToArray();
        for (int channels = 1; channels <= Stride; channels++)
        {
            arena.Span(Result, Stride + 1).Fill(float.NaN);
            ChannelNormalization.Copy(map, arena.At(0), channels, arena.At(Result));
            arena.Span(Result, channels).SequenceEqual(whole.AsSpan(0, channels)).ShouldBeTrue($"{channels}");
            float.IsNaN(arena.Span(Result, Stride + 1)[channels]).ShouldBeTrue($"{channels}");
        }
    }

    private const int Gradient = Most * Stride, Result = 2 * Most * Stride, Parameters = 3 * Most * Stride, Scratch = Parameters + 4 * Stride;

    private static double Normalized(int i) => (X[i] - (double)Means[i % Stride]) * Scales[i % Stride] + Shifts[i % Stride];

    private static ChannelMap Map(Arena arena, float low, float high)
        => new(arena.At(Parameters), arena.At(Parameters + Stride), arena.At(Parameters + 2 * Stride), low, high);

    private static Arena Filled()
    {
        Arena arena = new(Scratch + 4 * Stride);
        X.CopyTo(arena.Span(0, X.Length));
        G.CopyTo(arena.Span(Gradient, G.Length));
        Means.CopyTo(arena.Span(Parameters, Stride));
        Scales.CopyTo(arena.Span(Parameters + Stride, Stride));
        Shifts.CopyTo(arena.Span(Parameters + 2 * Stride, Stride));
        Slopes.CopyTo(arena.Span(Parameters + 3 * Stride, Stride));
        return arena;
    }

    private delegate T[] Compute<T>(SimdPath path, Arena arena);

    private static T[] OnEveryPath<T>(Compute<T> compute)
    {
        using Arena first = Filled();
        T[] expected = compute(SimdPath.Scalar, first);
        foreach (SimdPath path in Enum.GetValues<SimdPath>().Where(SimdPaths.IsSupported))
        {
            using Arena arena = Filled();
            compute(path, arena).ShouldBe(expected, $"{path}");
        }

        return expected;
    }

    private static float[] Random(int seed, int length, double mean, double deviation)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (float)(mean + deviation * (random.NextDouble() * 4 - 2)))];
    }
}

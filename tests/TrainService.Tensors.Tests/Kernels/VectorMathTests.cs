using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Functions;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Tests.Kernels;

public class VectorMathTests
{
    public enum Function
    {
        Exp,
        Log,
        Tanh,
        Sigmoid,
        Erf,
        ExpLessOne,
        NormalCdf,
    }

    /// <summary>Every 1009th float of either sign, subnormal numbers and NaNs included: four million.</summary>
    private static readonly float[] Sweep =
        [.. Enumerable.Range(0, (int)(uint.MaxValue / 1009)).Select(i => BitConverter.UInt32BitsToSingle((uint)i * 1009))];

    [Theory]
    [InlineData(Function.Exp, 1.0)]
    [InlineData(Function.Log, 0.8)]
    [InlineData(Function.Tanh, 1.3)]
    [InlineData(Function.Sigmoid, 2.3)]
    [InlineData(Function.Erf, 1.1)]
    [InlineData(Function.ExpLessOne, 1.0)]
    [InlineData(Function.NormalCdf, 411.0)] // at -12.6, of 7e-37
    public void The_error_stays_below_what_is_stated(Function function, double stated)
    {
        float[] y = new float[Sweep.Length];
        Apply(function, SimdPaths.Best, Sweep, y);
        double worst = 0;
        float at = 0;
        for (int i = 0; i < Sweep.Length; i++)
        {
            double exact = Exact(function, Sweep[i]);
            double error = UlpError(y[i], exact);
            if (error > worst) (worst, at) = (error, Sweep[i]);
        }

        worst.ShouldBeLessThanOrEqualTo(stated, $"{function}({at:R})");
    }

    [Fact]
    public void Every_width_of_vector_gives_the_same_bits()
    {
        float[] reference = new float[Sweep.Length], y = new float[Sweep.Length];
        foreach (Function function in Enum.GetValues<Function>())
        {
            Apply(function, SimdPath.Scalar, Sweep, reference);
            foreach (SimdPath path in Enum.GetValues<SimdPath>().Where(SimdPaths.IsSupported))
            {
                Apply(function, path, Sweep, y);
                for (int i = 0; i < y.Length; i++)
                {
                    if (BitConverter.SingleToInt32Bits(y[i]) != BitConverter.SingleToInt32Bits(reference[i]) && !(float.IsNaN(y[i]) && float.IsNaN(reference[i])))
                        throw new ShouldAssertException($"{function}({Sweep[i]:R}) on {path}: {y[i]:R} instead of {reference[i]:R}");
                }
            }
        }
    }

    [Fact]
    public void A_result_does_not_depend_on_where_the_element_stands_and_nothing_behind_the_span_is_touched()
    {
        float[] x = [.. Enumerable.Range(0, 80).Select(i => (i - 40) * 0.37f)], all = new float[80], y = new float[90];
        foreach (Function function in Enum.GetValues<Function>())
        {
            foreach (SimdPath path in Enum.GetValues<SimdPath>().Where(SimdPaths.IsSupported))
            {
                Apply(function, path, x, all);
                for (int start = 0; start < 18; start++)
                {
                    for (int length = 0; length <= 50; length++)
                    {
                        Array.Fill(y, 7f);
                        x.AsSpan(start, length).CopyTo(y);
                        Apply(function, path, y.AsSpan(0, length), y); // in place
                        y.AsSpan(0, length).SequenceEqual(all.AsSpan(start, length)).ShouldBeTrue();
                        y.AsSpan(length).IndexOfAnyExcept(7f).ShouldBe(-1);
                    }
                }
            }
        }
    }

    [Fact]
    public void Special_values()
    {
        float[] x = [float.NegativeInfinity, -1f, -0f, 0f, 1f, float.PositiveInfinity];
        Of(VectorMath.Exp).ShouldBe([0f, 0.36787945f, 1f, 1f, 2.7182817f, float.PositiveInfinity]);
        Of(VectorMath.Log).ShouldBe([float.NaN, float.NaN, float.NegativeInfinity, float.NegativeInfinity, 0f, float.PositiveInfinity]);
        Of(VectorMath.Tanh).ShouldBe([-1f, -0.7615942f, -0f, 0f, 0.7615942f, 1f]);
        Of(VectorMath.Sigmoid).ShouldBe([0f, 0.26894143f, 0.5f, 0.5f, 0.7310586f, 1f]);
        Of(VectorMath.Erf).ShouldBe([-1f, -0.8427008f, -0f, 0f, 0.8427008f, 1f]);

        float[] Of(Map map)
        {
            float[] y = new float[x.Length];
            map(x, y);
            return y;
        }
    }

    [Fact]
    public void Too_short_a_destination_is_refused()
        => Should.Throw<ArgumentException>(() => VectorMath.Exp(new float[3], new float[2])).Message.ShouldContain("3 results");

    private delegate void Map(ReadOnlySpan<float> x, Span<float> y);

    private static void Apply(Function function, SimdPath path, ReadOnlySpan<float> x, Span<float> y)
    {
        switch (function)
        {
            case Function.Exp: VectorMath.Map<Exponential>(path, x, y); break;
            case Function.Log: VectorMath.Map<Logarithm>(path, x, y); break;
            case Function.Tanh: VectorMath.Map<HyperbolicTangent>(path, x, y); break;
            case Function.Sigmoid: VectorMath.Map<LogisticSigmoid>(path, x, y); break;
            case Function.ExpLessOne: VectorMath.Map<ExponentialLessOne>(path, x, y); break;
            case Function.NormalCdf: VectorMath.Map<NormalDistribution>(path, x, y); break;
            default: VectorMath.Map<ErrorFunction>(path, x, y); break;
        }
    }

    private static double Exact(Function function, double x) => function switch
    {
        Function.Exp => Math.Exp(x),
        Function.Log => Math.Log(x),
        Function.Tanh => Math.Tanh(x),
        Function.Sigmoid => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x)),
        // Of a small x the difference has few digits, the series all of them. Defined for x up to 0, where it stays.
        Function.ExpLessOne => x > 0 ? 0 : Math.Abs(x) < 1e-4 ? x + (x * x / 2) + (x * x * x / 6) : Math.Exp(x) - 1,
        // Below -13 it stays.
        Function.NormalCdf => Erfc(-Math.Max(x, -9.2f / 0.707106781f) * Math.Sqrt(0.5)) / 2,
        _ => Erf(x),
    };

    /// <summary>Distance in units in the last place of the exact result, as float32 would round it; infinite where one is NaN and the other not.</summary>
    private static double UlpError(float got, double exact)
    {
        if (double.IsNaN(exact)) return float.IsNaN(got) ? 0 : double.PositiveInfinity;
        if (float.IsNaN(got)) return double.PositiveInfinity;
        float nearest = (float)exact;
        if (got == nearest) return float.IsInfinity(got) ? 0 : Math.Abs(got - exact) / Unit(nearest);
        return float.IsInfinity(got) || float.IsInfinity(nearest) ? double.PositiveInfinity : Math.Abs(got - exact) / Unit(nearest);
    }

    private static double Unit(float value)
    {
        float size = Math.Abs(value);
        return size < 1.17549435e-38f ? float.Epsilon : Math.ScaleB(1, Math.ILogB(size) - 23);
    }

    /// <summary>Taylor's series below 3; Lentz's continued fraction of erfc above.</summary>
    private static double Erf(double x)
    {
        double size = Math.Abs(x);
        if (double.IsNaN(x)) return x;
        if (size > 6) return Math.Sign(x);
        if (size < 3)
        {
            double term = x, sum = x;
            for (int n = 1; n < 200 && Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }

            return 2 / Math.Sqrt(Math.PI) * sum;
        }

        return Math.Sign(x) * (1 - Erfc(size));
    }

    /// <summary>1 - erf x, from 3 on to all its digits.</summary>
    private static double Erfc(double x)
    {
        if (!(x >= 3)) return 1 - Erf(x);
        double fraction = 0;
        for (int n = 60; n >= 1; n--) fraction = n / 2.0 / (x + fraction);
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction);
    }
}

using TrainService.NeuralNet.Activations;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Tests.Activations;

/// <summary>What every element-wise activation must do, against its formula in double precision.</summary>
public abstract class ElementwiseChecks
{
    /// <summary>Bare name, or JSON with arguments.</summary>
    protected abstract string Json { get; }

    /// <summary>f(x) in double precision.</summary>
    protected abstract double Formula(double x);

    /// <summary>Where the slope jumps, and what it is held to be there.</summary>
    protected virtual IReadOnlyList<(float X, float Slope)> Kinks => [];

    private Activation Activation => Parts.Of<Activation>("activation", Json);

    [Fact]
    public void Values_are_those_of_the_formula()
    {
        float[] x = [.. Grid(), 0f, -0f, 1e-6f, -1e-6f, 30f, -30f, 87f, -87f, 1000f, -1000f];
        var y = new float[x.Length];
        Activation.Forward(x, y, x.Length);
        for (int i = 0; i < x.Length; i++)
            Close(y[i], Formula(x[i]), 4e-7 + (3e-7 * Math.Min(1, Math.Abs(x[i]))), $"f({x[i]})");
    }

    [Fact]
    public void Slopes_are_those_of_central_differences()
    {
        float[] x = [.. Grid().Where(v => Kinks.All(k => Math.Abs(v - k.X) > 1e-3)), 30f, -30f, 80f, -80f, 1000f, -1000f];
        float[] dx = Slopes(x);
        for (int i = 0; i < x.Length; i++)
        {
            double h = 1e-5 * Math.Max(1, Math.Abs(x[i]));
            double expected = (Formula(x[i] + h) - Formula(x[i] - h)) / (2 * h);
            if (double.IsFinite(expected) && Math.Abs(expected) < 1e30) Close(dx[i], expected, 2e-6, $"f'({x[i]})");
        }
    }

    [Fact]
    public void Slopes_at_kinks_are_Keras_s()
    {
        float[] dx = Slopes([.. Kinks.Select(k => k.X)]);
        for (int i = 0; i < dx.Length; i++) Close(dx[i], Kinks[i].Slope, 1e-6, $"f'({Kinks[i].X})");
    }

    [Fact]
    public void An_element_s_result_does_not_depend_on_the_length_or_the_place()
    {
        float[] x = [.. Grid().Take(64)];
        float[] alone = [.. x.Select(v => Values([v])[0])], slopesAlone = [.. x.Select(v => Slopes([v])[0])];
        for (int length = 0; length <= x.Length; length++)
        {
            Values(x[..length]).ShouldBe(alone[..length]);
            Slopes(x[..length]).ShouldBe(slopesAlone[..length]);
        }
    }

    [Fact]
    public void Every_width_of_vector_gives_the_bits_of_the_scalar_reference()
    {
        float[] x = [.. Grid().Take(1203), 0f, -0f, 30f, -30f, 87f, -87f, 1000f, -1000f, float.PositiveInfinity, float.NegativeInfinity];
        float[] dy = [.. x.Select((_, i) => (i % 7) - 2.5f)];
        (float[] values, float[] slopes) = Run(SimdPath.Scalar);
        foreach (SimdPath path in Enum.GetValues<SimdPath>().Where(SimdPaths.IsSupported))
        {
            (float[] y, float[] dx) = Run(path);
            y.ShouldBe(values, $"{path}");
            dx.ShouldBe(slopes, $"{path}");
        }

        (float[] Y, float[] Dx) Run(SimdPath path)
        {
            float[] y = new float[x.Length], dx = new float[x.Length];
            Activation.Forward(path, x, y);
            Activation.Backward(path, Activation.NeedsInput ? x : [], y, dy, dx);
            return (y, dx);
        }
    }

    [Fact]
    public void Works_in_place()
    {
        float[] x = [.. Grid().Take(37)], expected = Values(x), place = [.. x];
        Activation.Forward(place, place, x.Length);
        place.ShouldBe(expected);

        float[] ones = new float[x.Length], slopes = Slopes(x);
        Array.Fill(ones, 1f);
        Activation.Backward(Activation.NeedsInput ? x : [], expected, ones, ones, x.Length);
        ones.ShouldBe(slopes);
    }

    [Fact]
    public void NaN_stays_NaN_both_ways()
    {
        float.IsNaN(Values([float.NaN])[0]).ShouldBeTrue();
        float.IsNaN(Values([1f, float.NaN])[0]).ShouldBeFalse();
        var dx = new float[1];
        Activation.Backward(Activation.NeedsInput ? [2f] : [], Values([2f]), [float.NaN], dx, 1);
        float.IsNaN(dx[0]).ShouldBeTrue();
    }

    [Fact]
    public void Infinity_gives_no_NaN()
        => Values([float.PositiveInfinity, float.NegativeInfinity]).ShouldAllBe(y => !float.IsNaN(y));

    private static IEnumerable<float> Grid()
    {
        for (int i = -1200; i <= 1200; i++) yield return (i * 0.0083f) + 0.00031f;
    }

    private float[] Values(float[] x)
    {
        var y = new float[x.Length];
        Activation.Forward(x, y, x.Length);
        return y;
    }

    private float[] Slopes(float[] x)
    {
        float[] y = Values(x), ones = new float[x.Length], dx = new float[x.Length];
        Array.Fill(ones, 1f);
        Activation.Backward(Activation.NeedsInput ? x : [], y, ones, dx, x.Length);
        return dx;
    }

    private static void Close(float actual, double expected, double tolerance, string what)
    {
        if ((float)expected == actual) return;
        Math.Abs(actual - expected).ShouldBeLessThanOrEqualTo(tolerance * Math.Max(1, Math.Abs(expected)), what);
    }
}

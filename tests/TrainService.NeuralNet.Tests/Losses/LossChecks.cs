using TrainService.NeuralNet.Losses;

namespace TrainService.NeuralNet.Tests.Losses;

/// <summary>What every loss must do, against its formula in double precision and against central differences.</summary>
public abstract class LossChecks
{
    private static readonly int[] Lengths = [1, 2, 3, 7, 8, 9, 10, 16, 21];

    /// <summary>Bare name, or JSON with arguments.</summary>
    protected abstract string Json { get; }

    /// <summary>The row loss in double precision.</summary>
    protected abstract double Formula(double[] p, double[] t);

    /// <summary>A prediction that the loss makes sense for, away from where its slope jumps.</summary>
    protected virtual double Prediction(Random random) => (random.NextDouble() * 4) - 2;

    /// <summary>A target row for predictions of <paramref name="length"/> numbers.</summary>
    protected virtual double[] Target(Random random, int length) => Row(length, () => (random.NextDouble() * 4) - 2);

    protected Loss Loss => Parts.Of<Loss>("loss", Json);

    [Fact]
    public void Values_are_those_of_the_formula()
        => ForEachRow((p, t) =>
        {
            double expected = Formula(Wide(p), Wide(t));
            Loss.Value(p, t).ShouldBe(expected, 1e-9 * Math.Max(1, Math.Abs(expected)));
            Loss.ValueAndGradient(p, t, new float[p.Length], 0.25f).ShouldBe(expected, 2e-6 * Math.Max(1, Math.Abs(expected)));
        });

    [Fact]
    public void Gradients_are_those_of_central_differences_in_double_precision()
        => ForEachRow((p, t) =>
        {
            const double h = 1e-6;
            float[] gradient = new float[p.Length];
            Loss.ValueAndGradient(p, t, gradient, 1f);
            for (int i = 0; i < p.Length; i++)
            {
                double[] up = Wide(p), down = Wide(p);
                up[i] += h;
                down[i] -= h;
                double expected = (Formula(up, Wide(t)) - Formula(down, Wide(t))) / (2 * h);
                ((double)gradient[i]).ShouldBe(expected, 2e-6 * Math.Max(1, Math.Abs(expected)), $"element {i} of {p.Length}");
            }
        });

    [Fact]
    public void Scale_is_a_factor_on_the_gradient_alone()
        => ForEachRow((p, t) =>
        {
            float[] whole = new float[p.Length], quarter = new float[p.Length];
            double a = Loss.ValueAndGradient(p, t, whole, 1f), b = Loss.ValueAndGradient(p, t, quarter, 0.25f);
            a.ShouldBe(b);
            for (int i = 0; i < whole.Length; i++) quarter[i].ShouldBe(0.25f * whole[i], 1e-7f * Math.Max(1, Math.Abs(whole[i])));
        });

    [Fact]
    public void NaN_in_the_prediction_shows_in_the_value()
    {
        var random = new Random(3);
        float[] p = Narrow(Row(5, () => Prediction(random))), t = Narrow(Target(random, 5));
        p[t.Length == 1 ? (int)t[0] : Array.FindIndex(t, v => v != 0)] = float.NaN;
        double.IsNaN(Loss.Value(p, t)).ShouldBeTrue();
        double.IsNaN(Loss.ValueAndGradient(p, t, new float[5], 1f)).ShouldBeTrue();
    }

    protected static double[] Row(int length, Func<double> next) => [.. Enumerable.Range(0, length).Select(_ => next())];

    protected static double[] OneHot(Random random, int length)
    {
        var t = new double[length];
        t[random.Next(length)] = 1;
        return t;
    }

    protected static float[] Narrow(double[] x) => [.. x.Select(v => (float)v)];

    protected static double[] Wide(float[] x) => [.. x.Select(v => (double)v)];

    private void ForEachRow(Action<float[], float[]> check)
    {
        var random = new Random(11);
        foreach (int length in Lengths)
            for (int repeat = 0; repeat < 4; repeat++)
                check(Narrow(Row(length, () => Prediction(random))), Narrow(Target(random, length)));
    }
}

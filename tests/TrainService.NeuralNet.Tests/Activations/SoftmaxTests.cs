using TrainService.NeuralNet.Activations;

namespace TrainService.NeuralNet.Tests.Activations;

public class SoftmaxTests
{
    [Theory]
    [InlineData("softmax")]
    [InlineData("log_softmax")]
    public void Agrees_with_the_formula_on_rows_of_every_length(string name)
    {
        var f = Parts.Of<Activation>("activation", name);
        for (int length = 1; length <= 40; length++)
        {
            float[] x = Some(3 * length, 1), y = new float[x.Length], dy = Some(x.Length, 2), dx = new float[x.Length];
            f.Forward(x, y, length);
            f.Backward([], y, dy, dx, length);
            for (int row = 0; row < 3; row++)
            {
                double[] expected = Formula(name, [.. x.Skip(row * length).Take(length).Select(v => (double)v)]);
                for (int j = 0; j < length; j++)
                {
                    ((double)y[(row * length) + j]).ShouldBe(expected[j], 1e-6);
                    double slope = Slope(name, x.AsSpan(row * length, length), dy.AsSpan(row * length, length), j);
                    ((double)dx[(row * length) + j]).ShouldBe(slope, 2e-6);
                }
            }
        }
    }

    [Theory]
    [InlineData("softmax", 0.5f, 0.5f, 0f)]
    [InlineData("log_softmax", -0.6931472f, -0.6931472f, -1000.6931f)]
    public void Large_scores_don_t_overflow(string name, float a, float b, float c)
    {
        var y = new float[3];
        Parts.Of<Activation>("activation", name).Forward([1000f, 1000f, 0f], y, 3);
        y.ShouldBe([a, b, c], 1e-4);
    }

    [Theory]
    [InlineData("softmax")]
    [InlineData("log_softmax")]
    public void NaN_spoils_its_own_row_only(string name)
    {
        var y = new float[4];
        Parts.Of<Activation>("activation", name).Forward([1f, float.NaN, 1f, 2f], y, 2);
        y.Select(float.IsNaN).ShouldBe([true, true, false, false]);
    }

    [Theory]
    [InlineData("softmax")]
    [InlineData("log_softmax")]
    public void Works_in_place(string name)
    {
        var f = Parts.Of<Activation>("activation", name);
        float[] x = Some(22, 3), y = new float[22], dy = Some(22, 4), dx = new float[22], place = [.. x], gradient = [.. dy];
        f.Forward(x, y, 11);
        f.Forward(place, place, 11);
        f.Backward([], y, dy, dx, 11);
        f.Backward([], y, gradient, gradient, 11);
        place.ShouldBe(y);
        gradient.ShouldBe(dx);
    }

    private static double[] Formula(string name, double[] x)
    {
        double most = x.Max(), sum = x.Sum(v => Math.Exp(v - most));
        return [.. x.Select(v => name == "softmax" ? Math.Exp(v - most) / sum : v - most - Math.Log(sum))];
    }

    // d(Σ dy · f)/dx[j] by central differences.
    private static double Slope(string name, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, int j)
    {
        double h = 1e-5, difference = 0;
        double[] up = new double[x.Length], down = new double[x.Length];
        for (int i = 0; i < x.Length; i++) up[i] = down[i] = x[i];
        up[j] += h;
        down[j] -= h;
        (up, down) = (Formula(name, up), Formula(name, down));
        for (int i = 0; i < x.Length; i++) difference += dy[i] * (up[i] - down[i]);
        return difference / (2 * h);
    }

    private static float[] Some(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() * 6) - 3))];
    }
}

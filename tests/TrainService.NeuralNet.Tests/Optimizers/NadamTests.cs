using TrainService.NeuralNet.Optimizers;

namespace TrainService.NeuralNet.Tests.Optimizers;

public sealed class NadamTests : OptimizerChecks
{
    protected override string Json => "nadam";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        double U(int k) => 0.9 * (1 - (0.5 * Math.Pow(0.96, k)));
        double product = 1;
        for (int k = 1; k <= t; k++) product *= U(k);
        s[0] += 0.1 * (g - s[0]);
        s[1] += 0.001 * ((g * g) - s[1]);
        double m = (U(t + 1) * s[0] / (1 - (product * U(t + 1)))) + ((1 - U(t)) * g / (1 - product)), v = s[1] / (1 - Math.Pow(0.999, t));
        return w - (Rate * m / (Math.Sqrt(v) + 1e-7));
    }

    [Fact]
    public void The_running_product_is_a_function_of_the_iteration_alone()
    {
        Optimizer used = Optimizer;
        for (long i = 0; i < 2000; i++) used.Prepare(i, Rate, null);
        foreach (long i in new long[] { 1500, 3, 0, 999, 5_000_000_000 })
            used.Prepare(i, Rate, null).ShouldBe(Optimizer.Prepare(i, Rate, null));
    }

    [Fact]
    public void A_schedule_s_momentum_is_ignored()
    {
        Optimizer.TakesMomentum.ShouldBeFalse();
        Optimizer.Prepare(3, Rate, 0.5f).ShouldBe(Optimizer.Prepare(3, Rate, null));
    }
}

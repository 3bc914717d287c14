namespace TrainService.NeuralNet.Tests.Optimizers;

public sealed class FtrlTests : OptimizerChecks
{
    protected override string Json => "ftrl";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        double Power(double x) => Math.Pow(x, 0.5);
        double sum = s[0] + (g * g), l2 = 0.0 + (0.0 / (2 * Rate));
        s[1] += g + (2 * 0.0 * w) - ((Power(sum) - Power(s[0])) / Rate * w);
        s[0] = sum;
        return (Math.Clamp(s[1], -0.0, 0.0) - s[1]) / ((Power(sum) / Rate) + (2 * l2));
    }

    [Fact]
    public void Only_the_sum_of_squares_starts_above_zero()
    {
        Optimizer.SlotStart(0).ShouldBe(0.1f);
        Optimizer.SlotStart(1).ShouldBe(0f);
    }
}

public sealed class FtrlRegularizedTests : OptimizerChecks
{
    protected override string Json => """
        {"type": "ftrl", "learning_rate_power": -0.7, "beta": 0.3, "l1_regularization_strength": 0.05,
         "l2_regularization_strength": 0.1, "l2_shrinkage_regularization_strength": 0.02}
        """;

    protected override double Formula(int t, double w, double g, double[] s)
    {
        double Power(double x) => Math.Pow(x, 0.7);
        double sum = s[0] + (g * g), l2 = 0.1 + (0.3 / (2 * Rate));
        s[1] += g + (2 * 0.02 * w) - ((Power(sum) - Power(s[0])) / Rate * w);
        s[0] = sum;
        return (Math.Clamp(s[1], -0.05, 0.05) - s[1]) / ((Power(sum) / Rate) + (2 * l2));
    }
}

namespace TrainService.NeuralNet.Tests.Optimizers;

public sealed class AdagradTests : OptimizerChecks
{
    protected override string Json => "adagrad";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        s[0] += g * g;
        return w - (Rate * g / Math.Sqrt(s[0] + 1e-7));
    }

    [Fact]
    public void The_sum_of_squares_starts_at_a_tenth() => Optimizer.SlotStart(0).ShouldBe(0.1f);
}

public sealed class AdagradFromZeroTests : OptimizerChecks
{
    protected override string Json => """{"type": "adagrad", "initial_accumulator_value": 0, "epsilon": 0.01}""";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        s[0] += g * g;
        return w - (Rate * g / Math.Sqrt(s[0] + 0.01));
    }
}

using TrainService.NeuralNet.Optimizers;

namespace TrainService.NeuralNet.Tests.Optimizers;

public sealed class AdamTests : OptimizerChecks
{
    protected override string Json => "adam";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        s[0] += 0.1 * (g - s[0]);
        s[1] += 0.001 * ((g * g) - s[1]);
        double alpha = Rate * Math.Sqrt(1 - Math.Pow(0.999, t)) / (1 - Math.Pow(0.9, t));
        return w - (alpha * s[0] / (Math.Sqrt(s[1]) + 1e-7));
    }

    [Fact]
    public void A_schedule_s_momentum_takes_beta_1_s_place()
    {
        var other = Parts.Of<Optimizer>("optimizer", """{"type": "adam", "beta_1": 0.5}""");
        Optimizer.Prepare(7, Rate, 0.5f).ShouldBe(other.Prepare(7, Rate, null));
    }
}

public sealed class AdamAmsgradTests : OptimizerChecks
{
    protected override string Json => """{"type": "adam", "amsgrad": true, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 0.001}""";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        s[0] += 0.2 * (g - s[0]);
        s[1] += 0.01 * ((g * g) - s[1]);
        s[2] = Math.Max(s[2], s[1]);
        double alpha = Rate * Math.Sqrt(1 - Math.Pow(0.99, t)) / (1 - Math.Pow(0.8, t));
        return w - (alpha * s[0] / (Math.Sqrt(s[2]) + 1e-3));
    }
}

namespace TrainService.NeuralNet.Tests.Optimizers;

public sealed class AdamWTests : OptimizerChecks
{
    protected override string Json => "adamw";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        s[0] += 0.1 * (g - s[0]);
        s[1] += 0.001 * ((g * g) - s[1]);
        double alpha = Rate * Math.Sqrt(1 - Math.Pow(0.999, t)) / (1 - Math.Pow(0.9, t));
        return w - (alpha * s[0] / (Math.Sqrt(s[1]) + 1e-7));
    }

    [Fact]
    public void Decays_weights_by_default() => Optimizer.WeightDecay.ShouldBe(0.004);
}

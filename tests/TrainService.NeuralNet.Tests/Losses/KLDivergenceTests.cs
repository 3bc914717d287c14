namespace TrainService.NeuralNet.Tests.Losses;

public sealed class KLDivergenceTests : LossChecks
{
    protected override string Json => "kl_divergence";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => b * Math.Log(b / a)).Sum();

    protected override double Prediction(Random random) => (random.NextDouble() * 0.96) + 0.02;

    protected override double[] Target(Random random, int length) => Row(length, () => (random.NextDouble() * 0.96) + 0.02);

    [Fact]
    public void A_truth_of_zero_costs_nothing() => Loss.Value([0.5f, 0.5f], [0f, 1f]).ShouldBe(Math.Log(2), 2e-6);
}

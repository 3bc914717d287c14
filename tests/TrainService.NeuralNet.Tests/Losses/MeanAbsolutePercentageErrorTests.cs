namespace TrainService.NeuralNet.Tests.Losses;

public sealed class MeanAbsolutePercentageErrorTests : LossChecks
{
    protected override string Json => "mape";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => 100 * Math.Abs(a - b) / Math.Max(Math.Abs(b), 1e-7)).Average();

    [Fact]
    public void A_target_of_zero_is_taken_as_the_least() => Loss.Value([1f], [0f]).ShouldBe(1e9, 1);
}

namespace TrainService.NeuralNet.Tests.Losses;

public sealed class MeanSquaredLogarithmicErrorTests : LossChecks
{
    protected override string Json => "msle";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => Math.Pow(Math.Log(1 + a) - Math.Log(1 + b), 2)).Average();

    protected override double Prediction(Random random) => random.NextDouble() * 5;

    protected override double[] Target(Random random, int length) => Row(length, () => random.NextDouble() * 5);

    [Fact]
    public void A_negative_prediction_counts_as_zero_and_has_no_gradient()
    {
        float[] gradient = [9f];
        Loss.ValueAndGradient([-3f], [1f], gradient, 1f).ShouldBe(Math.Pow(Math.Log(2), 2), 1e-6);
        gradient.ShouldBe([0f]);
    }
}

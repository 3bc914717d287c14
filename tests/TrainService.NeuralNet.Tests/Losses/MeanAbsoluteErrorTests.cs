namespace TrainService.NeuralNet.Tests.Losses;

public sealed class MeanAbsoluteErrorTests : LossChecks
{
    protected override string Json => "mae";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => Math.Abs(a - b)).Average();

    [Fact]
    public void The_gradient_at_the_target_is_zero()
    {
        float[] gradient = [9f];
        Loss.ValueAndGradient([2f], [2f], gradient, 1f).ShouldBe(0);
        gradient.ShouldBe([0f]);
    }
}

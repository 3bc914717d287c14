namespace TrainService.NeuralNet.Tests.Losses;

public sealed class LogCoshTests : LossChecks
{
    protected override string Json => "log_cosh";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => Math.Log(Math.Cosh(a - b))).Average();

    [Fact]
    public void Large_errors_don_t_overflow() => Loss.Value([1e6f], [0f]).ShouldBe(1e6 - Math.Log(2), 1e-6);
}

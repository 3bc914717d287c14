namespace TrainService.NeuralNet.Tests.Losses;

public sealed class HuberTests : LossChecks
{
    protected override string Json => "huber";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => Math.Abs(a - b) <= 1 ? 0.5 * (a - b) * (a - b) : Math.Abs(a - b) - 0.5).Average();
}

public sealed class HuberWithDeltaTests : LossChecks
{
    protected override string Json => """{"type": "huber", "delta": 0.5}""";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => Math.Abs(a - b) <= 0.5 ? 0.5 * (a - b) * (a - b) : (0.5 * Math.Abs(a - b)) - 0.125).Average();
}

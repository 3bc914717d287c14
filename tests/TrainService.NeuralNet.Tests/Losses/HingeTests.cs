namespace TrainService.NeuralNet.Tests.Losses;

public sealed class HingeTests : LossChecks
{
    protected override string Json => "hinge";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => Math.Max(1 - ((b == 0 ? -1 : b) * a), 0)).Average();

    protected override double[] Target(Random random, int length) => Row(length, () => random.Next(2));
}

public sealed class HingeSignedTests : LossChecks
{
    protected override string Json => "hinge";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => Math.Max(1 - ((b == 0 ? -1 : b) * a), 0)).Average();

    protected override double[] Target(Random random, int length) => Row(length, () => (2 * random.Next(2)) - 1);
}

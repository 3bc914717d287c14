namespace TrainService.NeuralNet.Tests.Losses;

public sealed class SquaredHingeTests : LossChecks
{
    protected override string Json => "squared_hinge";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => Math.Pow(Math.Max(1 - ((b == 0 ? -1 : b) * a), 0), 2)).Average();

    protected override double[] Target(Random random, int length) => Row(length, () => random.Next(2));
}

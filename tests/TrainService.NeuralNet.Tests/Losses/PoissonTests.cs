namespace TrainService.NeuralNet.Tests.Losses;

public sealed class PoissonTests : LossChecks
{
    protected override string Json => "poisson";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => a - (b * Math.Log(a + 1e-7))).Average();

    protected override double Prediction(Random random) => 0.1 + (random.NextDouble() * 4);

    protected override double[] Target(Random random, int length) => Row(length, () => random.Next(6));
}

namespace TrainService.NeuralNet.Tests.Losses;

public sealed class ContrastiveTests : LossChecks
{
    protected override string Json => """{"type": "contrastive", "margin": 1.5}""";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (d, same) => (same * d * d) + ((1 - same) * Math.Pow(Math.Max(1.5 - d, 0), 2))).Average();

    protected override double Prediction(Random random) => random.NextDouble() * 3;

    protected override double[] Target(Random random, int length) => Row(length, () => random.Next(2));
}

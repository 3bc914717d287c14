namespace TrainService.NeuralNet.Tests.Losses;

public sealed class BinaryFocalCrossentropyTests : LossChecks
{
    protected override string Json => "binary_focal_crossentropy";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => Math.Pow(1 - ((b * a) + ((1 - b) * (1 - a))), 2) * -((b * Math.Log(a)) + ((1 - b) * Math.Log(1 - a))))
            .Average();

    protected override double Prediction(Random random) => (random.NextDouble() * 0.96) + 0.02;

    protected override double[] Target(Random random, int length) => Row(length, () => random.Next(2));
}

public sealed class BinaryFocalCrossentropyBalancedTests : LossChecks
{
    protected override string Json => """{"type": "focal", "apply_class_balancing": true, "alpha": 0.3, "gamma": 1.5}""";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) =>
        {
            double weight = (b * 0.3) + ((1 - b) * 0.7), miss = 1 - ((b * a) + ((1 - b) * (1 - a)));
            return weight * Math.Pow(miss, 1.5) * -((b * Math.Log(a)) + ((1 - b) * Math.Log(1 - a)));
        }).Average();

    protected override double Prediction(Random random) => (random.NextDouble() * 0.96) + 0.02;

    protected override double[] Target(Random random, int length) => Row(length, () => random.Next(2));
}

public sealed class BinaryFocalCrossentropyWithoutDiscountTests : LossChecks
{
    protected override string Json => """{"type": "focal", "gamma": 0}""";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => -((b * Math.Log(a)) + ((1 - b) * Math.Log(1 - a)))).Average();

    protected override double Prediction(Random random) => (random.NextDouble() * 0.96) + 0.02;

    protected override double[] Target(Random random, int length) => Row(length, () => random.Next(2));
}

public sealed class BinaryFocalCrossentropyFromLogitsTests : LossChecks
{
    protected override string Json => """{"type": "focal", "from_logits": true, "gamma": 0.5, "label_smoothing": 0.2}""";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (z, b) =>
        {
            double y = (b * 0.8) + 0.1, a = 1 / (1 + Math.Exp(-z));
            return Math.Pow(1 - ((y * a) + ((1 - y) * (1 - a))), 0.5) * (Math.Log(1 + Math.Exp(z)) - (y * z));
        }).Average();

    protected override double Prediction(Random random) => (random.NextDouble() * 12) - 6;

    protected override double[] Target(Random random, int length) => Row(length, () => random.Next(2));
}

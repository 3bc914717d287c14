namespace TrainService.NeuralNet.Tests.Losses;

public sealed class CategoricalFocalCrossentropyTests : LossChecks
{
    protected override string Json => "categorical_focal_crossentropy";

    protected override double Formula(double[] p, double[] t)
    {
        double sum = p.Sum();
        double Share(double x) => Math.Min(x / sum, 1f - 1e-7f);
        return -p.Zip(t, (a, b) => 0.25 * Math.Pow(1 - Share(a), 2) * b * Math.Log(Share(a))).Sum();
    }

    protected override double Prediction(Random random) => (random.NextDouble() * 0.96) + 0.02;

    protected override double[] Target(Random random, int length) => OneHot(random, length);
}

public sealed class CategoricalFocalCrossentropyFromLogitsTests : LossChecks
{
    protected override string Json => """
        {"type": "categorical_focal_crossentropy", "from_logits": true, "gamma": 1.5, "alpha": 0.4, "label_smoothing": 0.1}
        """;

    protected override double Formula(double[] p, double[] t)
    {
        double most = p.Max(), log = most + Math.Log(p.Sum(v => Math.Exp(v - most)));
        return p.Zip(t, (a, b) => 0.4 * Math.Pow(1 - Math.Exp(a - log), 1.5) * ((b * 0.9) + (0.1 / p.Length)) * (log - a)).Sum();
    }

    protected override double Prediction(Random random) => (random.NextDouble() * 12) - 6;

    protected override double[] Target(Random random, int length) => OneHot(random, length);
}

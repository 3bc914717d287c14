using TrainService.NeuralNet.Losses;

namespace TrainService.NeuralNet.Tests.Losses;

public sealed class CategoricalCrossentropyTests : LossChecks
{
    protected override string Json => "categorical_crossentropy";

    protected override double Formula(double[] p, double[] t)
    {
        double sum = p.Sum();
        return -p.Zip(t, (a, b) => b * Math.Log(Math.Min(a / sum, 1f - 1e-7f))).Sum();
    }

    protected override double Prediction(Random random) => (random.NextDouble() * 0.96) + 0.02;

    protected override double[] Target(Random random, int length) => OneHot(random, length);

    [Fact]
    public void A_row_of_probabilities_is_divided_by_its_sum_and_clipped()
    {
        var gradient = new float[2];
        Loss.ValueAndGradient([0f, 2f], [1f, 0f], gradient, 1f).ShouldBe(16.118095, 2e-6);
        gradient.ShouldBe([0f, 0f]);
    }
}

public sealed class CategoricalCrossentropySmoothedTests : LossChecks
{
    protected override string Json => """{"type": "categorical_crossentropy", "label_smoothing": 0.1}""";

    protected override double Formula(double[] p, double[] t)
    {
        double sum = p.Sum();
        return -p.Zip(t, (a, b) => ((b * 0.9) + (0.1 / p.Length)) * Math.Log(Math.Min(a / sum, 1f - 1e-7f))).Sum();
    }

    protected override double Prediction(Random random) => (random.NextDouble() * 0.96) + 0.02;

    protected override double[] Target(Random random, int length) => OneHot(random, length);
}

public sealed class CategoricalCrossentropyFromLogitsTests : LossChecks
{
    protected override string Json => """{"type": "cce", "from_logits": true, "label_smoothing": 0.1}""";

    protected override double Formula(double[] p, double[] t)
    {
        double most = p.Max(), log = most + Math.Log(p.Sum(v => Math.Exp(v - most)));
        return p.Zip(t, (a, b) => ((b * 0.9) + (0.1 / p.Length)) * (log - a)).Sum();
    }

    protected override double Prediction(Random random) => (random.NextDouble() * 12) - 6;

    protected override double[] Target(Random random, int length) => OneHot(random, length);

    [Fact]
    public void Very_sure_logits_are_never_clipped()
    {
        var gradient = new float[2];
        var loss = Parts.Of<Loss>("loss", """{"type": "cce", "from_logits": true}""");
        loss.ValueAndGradient([1000f, -1000f], [0f, 1f], gradient, 1f).ShouldBe(2000, 1e-9);
        gradient.ShouldBe([1f, -1f]);
    }

    [Fact]
    public void The_gradient_may_take_the_place_of_the_logits()
    {
        float[] place = [1f, 2f, 3f], gradient = new float[3];
        double value = Loss.ValueAndGradient([1f, 2f, 3f], [0f, 1f, 0f], gradient, 1f);
        Loss.ValueAndGradient(place, [0f, 1f, 0f], place, 1f).ShouldBe(value);
        place.ShouldBe(gradient);
    }
}

public sealed class CategoricalCrossentropySoftTargetTests : LossChecks
{
    protected override string Json => "categorical_crossentropy";

    protected override double Formula(double[] p, double[] t)
    {
        double sum = p.Sum();
        return -p.Zip(t, (a, b) => b * Math.Log(Math.Min(a / sum, 1f - 1e-7f))).Sum();
    }

    protected override double Prediction(Random random) => (random.NextDouble() * 0.96) + 0.02;

    protected override double[] Target(Random random, int length) => Row(length, random.NextDouble);
}

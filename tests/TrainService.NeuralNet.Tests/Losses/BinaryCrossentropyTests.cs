using TrainService.NeuralNet.Losses;

namespace TrainService.NeuralNet.Tests.Losses;

public sealed class BinaryCrossentropyTests : LossChecks
{
    protected override string Json => "binary_crossentropy";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => -((b * Math.Log(a)) + ((1 - b) * Math.Log(1 - a)))).Average();

    protected override double Prediction(Random random) => (random.NextDouble() * 0.96) + 0.02;

    protected override double[] Target(Random random, int length) => Row(length, () => random.Next(2));

    [Theory]
    [InlineData(0f, 16.118095)]
    [InlineData(1f, 0)]
    public void Certainty_is_clipped_at_1e_7_and_has_no_gradient(float p, double expected)
    {
        float[] gradient = [9f];
        Loss.ValueAndGradient([p], [1f], gradient, 1f).ShouldBe(expected, 2e-6);
        gradient.ShouldBe([0f]);
        // 1 - 1e-7 in float32 is 1 - 1.19e-7, and that is what Keras clips to.
        Loss.Value([1f], [0f]).ShouldBe(-Math.Log(1 - (double)(1f - 1e-7f)), 1e-9);
    }
}

public sealed class BinaryCrossentropySmoothedTests : LossChecks
{
    protected override string Json => """{"type": "binary_crossentropy", "label_smoothing": 0.2}""";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => -((((b * 0.8) + 0.1) * Math.Log(a)) + ((1 - ((b * 0.8) + 0.1)) * Math.Log(1 - a)))).Average();

    protected override double Prediction(Random random) => (random.NextDouble() * 0.96) + 0.02;

    protected override double[] Target(Random random, int length) => Row(length, () => random.Next(2));
}

public sealed class BinaryCrossentropyFromLogitsTests : LossChecks
{
    protected override string Json => """{"type": "binary_crossentropy", "from_logits": true, "label_smoothing": 0.2}""";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => Math.Log(1 + Math.Exp(a)) - (((b * 0.8) + 0.1) * a)).Average();

    protected override double Prediction(Random random) => (random.NextDouble() * 12) - 6;

    protected override double[] Target(Random random, int length) => Row(length, () => random.Next(2));

    [Fact]
    public void Very_sure_logits_are_never_clipped()
    {
        float[] gradient = [0f, 0f];
        var loss = Parts.Of<Loss>("loss", """{"type": "bce", "from_logits": true}""");
        loss.ValueAndGradient([1000f, -1000f], [0f, 1f], gradient, 1f).ShouldBe(1000, 1e-9);
        gradient.ShouldBe([0.5f, -0.5f]);
    }
}

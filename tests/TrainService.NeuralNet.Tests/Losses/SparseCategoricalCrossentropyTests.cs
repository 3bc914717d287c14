namespace TrainService.NeuralNet.Tests.Losses;

public sealed class SparseCategoricalCrossentropyTests : LossChecks
{
    protected override string Json => "sparse_categorical_crossentropy";

    protected override double Formula(double[] p, double[] t)
        => -Math.Log(Math.Min(p[(int)t[0]] / p.Sum(), 1f - 1e-7f));

    protected override double Prediction(Random random) => (random.NextDouble() * 0.96) + 0.02;

    protected override double[] Target(Random random, int length) => [random.Next(length)];

    [Theory]
    [InlineData(3f)]
    [InlineData(-1f)]
    [InlineData(0.5f)]
    [InlineData(float.NaN)]
    public void A_target_that_is_no_class_is_refused(float target)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Loss.Value([0.2f, 0.3f, 0.5f], [target]))
            .Message.ShouldContain("class index from 0 to 2");
        Should.Throw<ArgumentOutOfRangeException>(() => Loss.ValueAndGradient([0.2f, 0.3f, 0.5f], [target], new float[3], 1f));
    }

    [Fact]
    public void Takes_one_number_as_target() => Loss.TargetLength(10).ShouldBe(1);
}

public sealed class SparseCategoricalCrossentropyFromLogitsTests : LossChecks
{
    protected override string Json => """{"type": "scce", "from_logits": true, "label_smoothing": 0.1}""";

    protected override double Formula(double[] p, double[] t)
    {
        double most = p.Max(), log = most + Math.Log(p.Sum(v => Math.Exp(v - most)));
        return p.Select((v, i) => ((i == (int)t[0] ? 0.9 : 0) + (0.1 / p.Length)) * (log - v)).Sum();
    }

    protected override double Prediction(Random random) => (random.NextDouble() * 12) - 6;

    protected override double[] Target(Random random, int length) => [random.Next(length)];
}

namespace TrainService.NeuralNet.Tests.Metrics;

public class AreaUnderCurveTests
{
    // Keras's own example: thresholds below 0, 0.5, above 1 give tp [2, 1, 0] and fp [2, 0, 0].
    [Theory]
    [InlineData("interpolation", null, 0.75)]
    [InlineData("minoring", null, 0.5)]
    [InlineData("majoring", null, 1)]
    [InlineData("interpolation", new[] { 1f, 0f, 0f, 1f }, 1)]
    public void Roc_with_three_thresholds(string rule, float[]? weights, double expected)
        => Measured.Of($$"""{"type": "auc", "num_thresholds": 3, "summation_method": "{{rule}}"}""", "binary_crossentropy",
            Measured.Column(0f, 0.5f, 0.3f, 0.9f), Measured.Column(0f, 0f, 1f, 1f), weights).ShouldBe(expected, 1e-12);

    [Fact]
    public void Roc_is_the_chance_that_a_positive_ranks_above_a_negative()
    {
        var random = new Random(5);
        float[] p = [.. Enumerable.Range(0, 400).Select(_ => random.NextSingle())];
        float[] t = [.. p.Select(v => random.NextSingle() < v ? 1f : 0f)];
        double above = 0, pairs = 0;
        for (int i = 0; i < p.Length; i++)
            for (int j = 0; j < p.Length; j++)
                if (t[i] > t[j])
                {
                    pairs++;
                    above += p[i] > p[j] ? 1 : p[i] == p[j] ? 0.5 : 0;
                }
        const string fine = """{"type": "auc", "num_thresholds": 100000}""";
        Measured.Of(fine, "binary_crossentropy", Measured.Column(p), Measured.Column(t)).ShouldBe(above / pairs, 1e-4);
    }

    // tp [2, 1, 0], tp + fp [4, 1, 0]. Lower step: slope 1/3, intercept 2/3, (1/3)(1 + 2/3 · ln 4) / 2. Upper: slope 1, intercept 0: 1/2.
    [Fact]
    public void Precision_over_recall_is_interpolated()
        => Measured.Of("""{"type": "auc", "curve": "PR", "num_thresholds": 3}""", "binary_crossentropy",
            Measured.Column(0f, 0.5f, 0.3f, 0.9f), Measured.Column(0f, 0f, 1f, 1f))
            .ShouldBe(0.5 + ((1 + (2.0 / 3 * Math.Log(4))) / 6), 1e-12);

    [Theory]
    [InlineData("ROC", 1)]
    [InlineData("PR", 1)]
    public void Perfect_ranking_is_one(string curve, double expected)
        => Measured.Of($$"""{"type": "auc", "curve": "{{curve}}"}""", "binary_crossentropy",
            Measured.Column(0.1f, 0.2f, 0.8f, 1f), Measured.Column(0f, 0f, 1f, 1f))
            .ShouldBe(expected, 1e-9);

    [Fact]
    public void Class_indices_are_refused()
        => Should.Throw<ArgumentException>(() => Measured.Metric("auc", "sparse_categorical_crossentropy", 3));
}

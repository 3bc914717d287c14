namespace TrainService.NeuralNet.Tests.Metrics;

public class HitMetricTests
{
    // Keras's own examples of precision and recall: one true positive too few on each side.
    [Theory]
    [InlineData("precision", null, 2.0 / 3)]
    [InlineData("precision", new[] { 0f, 0f, 1f, 0f }, 1)]
    [InlineData("recall", null, 2.0 / 3)]
    [InlineData("recall", new[] { 0f, 0f, 1f, 0f }, 1)]
    public void One_output(string name, float[]? weights, double expected)
        => Measured.Of(name, "binary_crossentropy", Measured.Column(1f, 0f, 1f, 1f), Measured.Column(0f, 1f, 1f, 1f), weights)
            .ShouldBe(expected, 1e-12);

    [Fact]
    public void The_threshold_can_be_set()
        => Measured.Of("""{"type": "precision", "thresholds": 0.8}""", "mse", Measured.Column(0.7f, 0.9f), Measured.Column(0f, 1f))
            .ShouldBe(1);

    [Fact]
    public void Nothing_found_is_zero_and_no_NaN()
    {
        Measured.Of("precision", "mse", Measured.Column(0.1f), Measured.Column(1f)).ShouldBe(0);
        Measured.Of("recall", "mse", Measured.Column(0.9f), Measured.Column(0f)).ShouldBe(0);
        Measured.Of("f1", "mse", Measured.Column(0.1f), Measured.Column(0f)).ShouldBe(0);
    }

    [Theory]
    [InlineData("precision", (0.5 + 1 + 0) / 3)]
    [InlineData("recall", (1 + 0.5 + 0) / 3)]
    public void Class_indices_are_judged_by_the_largest_output_and_averaged_over_classes(string name, double expected)
        => Measured.Of(name, "sparse_categorical_crossentropy",
            [[0.4f, 0.3f, 0.3f], [0.4f, 0.3f, 0.3f], [0.3f, 0.4f, 0.3f]], [[0f], [1f], [1f]]).ShouldBe(expected, 1e-12);

    // Keras's own example of F1Score: [0.5, 0.8, 0.6666667] by class.
    [Theory]
    [InlineData("macro", (0.5 + 0.8 + (2.0 / 3)) / 3)]
    [InlineData("weighted", ((3 * 0.5) + (2 * 0.8) + (2.0 / 3)) / 6)]
    [InlineData("micro", 8.0 / 12)]
    public void F1_by_threshold(string average, double expected)
        => Measured.Of($$"""{"type": "f1", "threshold": 0.5, "average": "{{average}}"}""", "binary_crossentropy",
            [[0.2f, 0.6f, 0.7f], [0.2f, 0.6f, 0.6f], [0.6f, 0.8f, 0f]], [[1f, 1f, 1f], [1f, 0f, 0f], [1f, 1f, 0f]])
            .ShouldBe(expected, 1e-6);

    [Fact]
    public void F1_by_the_largest_output()
        => Measured.Of("f1", "sparse_categorical_crossentropy", [[0.9f, 0.1f], [0.6f, 0.4f], [0.2f, 0.8f]], [[0f], [1f], [1f]])
            .ShouldBe(2.0 / 3, 1e-6);
}

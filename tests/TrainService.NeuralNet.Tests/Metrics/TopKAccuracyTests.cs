namespace TrainService.NeuralNet.Tests.Metrics;

public class TopKAccuracyTests
{
    private static readonly float[][] Scores = [[0.1f, 0.5f, 0.3f, 0.1f]];

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 2, 1)]
    [InlineData(2, 0, 0)]
    [InlineData(3, 0, 1)]
    [InlineData(3, 3, 1)]
    [InlineData(9, 3, 1)]
    public void Ranks_are_counted_and_ties_are_in(int k, int truth, double expected)
    {
        string json = $$"""{"type": "top_k_accuracy", "k": {{k}}}""";
        float[] oneHot = new float[4];
        oneHot[truth] = 1;
        Measured.Of(json, "sparse_categorical_crossentropy", Scores, [[truth]]).ShouldBe(expected);
        Measured.Of(json, "categorical_crossentropy", Scores, [oneHot]).ShouldBe(expected);
    }

    [Fact]
    public void Five_by_default()
        => Measured.Of("top_k_accuracy", "sparse_categorical_crossentropy", [[6f, 5f, 4f, 3f, 2f, 1f], [6f, 5f, 4f, 3f, 2f, 1f]],
            [[4f], [5f]])
            .ShouldBe(0.5);

    [Fact]
    public void One_output_has_no_rank() => Should.Throw<ArgumentException>(() => Measured.Metric("top_k_accuracy", "mse", 1));
}

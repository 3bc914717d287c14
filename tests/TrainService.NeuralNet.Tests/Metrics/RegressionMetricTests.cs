using TrainService.NeuralNet.Metrics;

namespace TrainService.NeuralNet.Tests.Metrics;

public class RegressionMetricTests
{
    private static readonly float[][] Predictions = [[2f, 0f], [4f, 1f], [4f, 1f]];
    private static readonly float[][] Targets = [[1f, 0f], [4f, 3f], [3f, 3f]];

    [Theory]
    [InlineData("mse", 10.0 / 6)]
    [InlineData("mae", 1)]
    [InlineData("rmse", 1.2909944487358056)]
    public void Errors(string name, double expected)
    {
        Measured.Of(name, "mse", Predictions, Targets).ShouldBe(expected, 1e-12);
        Measured.Metric(name, "mse", 2).HigherIsBetter.ShouldBeFalse();
        Measured.Metric(name, "mse", 2).TakesLogits.ShouldBeFalse();
    }

    [Fact]
    public void R2_is_that_of_Keras_s_own_example()
        => Measured.Of("r2", "mse", Measured.Column(2f, 4f, 4f), Measured.Column(1f, 4f, 3f)).ShouldBe(1 - (2 / (14.0 / 3)), 1e-12);

    [Fact]
    public void R2_of_several_outputs_is_their_mean()
        => Measured.Of("r2", "mse", [[1f, 2f], [3f, 2f]], [[1f, 1f], [3f, 3f]]).ShouldBe(0.5, 1e-12);

    [Fact]
    public void R2_of_a_constant_target_is_zero_when_missed_and_nothing_when_met()
    {
        Measured.Of("r2", "mse", Measured.Column(1f, 2f), Measured.Column(3f, 3f)).ShouldBe(0);
        Measured.Of("r2", "mse", Measured.Column(3f, 3f), Measured.Column(3f, 3f)).ShouldBe(double.NaN);
    }

    [Fact]
    public void Cosine_similarity_is_positive_for_the_same_direction()
    {
        Measured.Of("cosine_similarity", "mse", [[1f, 1f]], [[2f, 2f]]).ShouldBe(1, 1e-7);
        Measured.Metric("cosine_similarity", "mse", 2).HigherIsBetter.ShouldBeTrue();
    }

    [Fact]
    public void A_loss_can_be_watched_with_its_arguments()
        => Measured.Of("""{"type": "bce", "from_logits": true}""", "mse", Measured.Column(0f), Measured.Column(1f))
            .ShouldBe(Math.Log(2), 1e-12);

    [Theory]
    [InlineData("mse")]
    [InlineData("rmse")]
    [InlineData("r2")]
    [InlineData("cosine_similarity")]
    public void Class_indices_are_no_targets_for_a_regression(string name)
        => Should.Throw<ArgumentException>(() => Measured.Metric(name, "sparse_categorical_crossentropy", 3)).Message.ShouldContain(name);

    [Fact]
    public void Every_metric_that_can_be_asked_for_measures_something()
    {
        foreach (var descriptor in NeuralNet.Catalog.Registries.Metrics.Descriptors)
        {
            bool sparse = descriptor.Name.StartsWith("sparse", StringComparison.Ordinal);
            Metric metric = Measured.Metric(descriptor.Name, sparse ? "sparse_categorical_crossentropy" : "categorical_crossentropy", 2);
            double figure = Measured.Result(metric, [[0.25f, 0.75f], [0.5f, 0.5f]], sparse ? [[1f], [0f]] : [[0f, 1f], [1f, 0f]]);
            double.IsNaN(figure).ShouldBeFalse(descriptor.Name);
            metric.Name.ShouldBe(descriptor.Name);
        }
    }
}

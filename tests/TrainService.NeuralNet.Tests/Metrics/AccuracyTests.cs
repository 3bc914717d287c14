using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;

namespace TrainService.NeuralNet.Tests.Metrics;

public class AccuracyTests
{
    private static readonly float[][] Scores = [[0.1f, 0.7f, 0.2f], [0.5f, 0.4f, 0.1f], [0.3f, 0.3f, 0.4f], [0.6f, 0.2f, 0.2f]];

    [Theory]
    [InlineData("mse", 1, typeof(BinaryAccuracy))]
    [InlineData("binary_crossentropy", 1, typeof(BinaryAccuracy))]
    [InlineData("binary_crossentropy", 3, typeof(CategoricalAccuracy))]
    [InlineData("categorical_crossentropy", 3, typeof(CategoricalAccuracy))]
    [InlineData("sparse_categorical_crossentropy", 3, typeof(SparseCategoricalAccuracy))]
    public void Is_resolved_by_shapes_as_in_Keras(string loss, int outputs, Type expected)
    {
        Metric metric = Measured.Metric("accuracy", loss, outputs);
        metric.ShouldBeOfType(expected);
        metric.Name.ShouldBe("accuracy");
        metric.HigherIsBetter.ShouldBeTrue();
    }

    [Fact]
    public void By_class_index()
        => Measured.Of("accuracy", "sparse_categorical_crossentropy", Scores, [[1f], [0f], [0f], [2f]]).ShouldBe(0.5);

    [Fact]
    public void By_one_hot_row()
        => Measured.Of("acc", "categorical_crossentropy", Scores, [[0f, 1f, 0f], [0f, 1f, 0f], [0f, 0f, 1f], [1f, 0f, 0f]]).ShouldBe(0.75);

    [Fact]
    public void By_threshold_where_a_half_is_a_no()
        => Measured.Of("accuracy", "binary_crossentropy", Measured.Column(0.4f, 0.6f, 0.5f, 0.9f), Measured.Column(0f, 1f, 1f, 0f))
            .ShouldBe(0.5);

    [Fact]
    public void Binary_accuracy_counts_elements_and_takes_a_threshold()
        => Measured.Of("""{"type": "binary_accuracy", "threshold": 0.3}""", "binary_crossentropy", [[0.4f, 0.2f]], [[1f, 1f]])
            .ShouldBe(0.5);

    [Fact]
    public void Weights_count()
        => Measured.Of("accuracy", "sparse_categorical_crossentropy", Scores, [[1f], [1f], [1f], [1f]], [3f, 1f, 1f, 1f]).ShouldBe(0.5);

    [Fact]
    public void The_first_of_equal_scores_is_chosen()
        => Measured.Of("accuracy", "sparse_categorical_crossentropy", [[0.5f, 0.5f]], [[0f]]).ShouldBe(1);

    [Fact]
    public void No_rows_no_figure() => Measured.Metric("accuracy", "mse", 1).Result([0, 0]).ShouldBe(double.NaN);

    [Theory]
    [InlineData("binary_accuracy", "sparse_categorical_crossentropy")]
    [InlineData("categorical_accuracy", "sparse_categorical_crossentropy")]
    [InlineData("sparse_categorical_accuracy", "categorical_crossentropy")]
    public void Metrics_of_other_targets_are_refused(string metric, string loss)
        => Should.Throw<ArgumentException>(() => Measured.Metric(metric, loss, 3)).Message.ShouldContain(metric);

    [Fact]
    public void Can_be_had_by_name()
        => MetricResolver.Resolve("accuracy", Parts.Of<Loss>("loss", "mse"), 1).ShouldBeOfType<BinaryAccuracy>();
}

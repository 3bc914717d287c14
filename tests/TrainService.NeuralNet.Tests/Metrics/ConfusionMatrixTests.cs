using TrainService.NeuralNet.Metrics;

namespace TrainService.NeuralNet.Tests.Metrics;

public class ConfusionMatrixTests
{
    [Fact]
    public void Rows_are_counted_by_truth_and_choice()
    {
        var matrix = new ConfusionMatrix(3);
        var state = new double[matrix.StateLength];
        float[][] predictions = [[1f, 0f, 0f], [0f, 1f, 0f], [0f, 1f, 0f], [0f, 0f, 1f]];
        float[] truths = [0f, 0f, 1f, 2f];
        for (int i = 0; i < 4; i++) matrix.Add(predictions[i], [truths[i]], 1, true, state);
        state.ShouldBe([1, 1, 0, 0, 1, 0, 0, 0, 1]);
        matrix.Result(state).ShouldBe(0.75);
        matrix.PerClass(state).ShouldBe([
            new ClassFigures(1, 0.5, 2.0 / 3, 2), new ClassFigures(0.5, 1, 2.0 / 3, 1), new ClassFigures(1, 1, 1, 1)]);
    }

    [Fact]
    public void One_hot_targets_name_classes_too()
    {
        var matrix = new ConfusionMatrix(2);
        var state = new double[4];
        matrix.Add([0.1f, 0.9f], [1f, 0f], 2, false, state);
        state.ShouldBe([0, 2, 0, 0]);
    }

    [Fact]
    public void One_output_is_two_classes()
    {
        var matrix = new ConfusionMatrix(1);
        var state = new double[matrix.StateLength];
        matrix.Add([0.4f], [1f], 1, false, state);
        matrix.Add([0.6f], [1f], 1, false, state);
        state.ShouldBe([0, 0, 1, 1]);
        matrix.TakesLogits.ShouldBeFalse();
    }

    [Fact]
    public void A_class_that_never_occurs_has_figures_of_zero()
        => new ConfusionMatrix(2).PerClass([1, 0, 0, 0])[1].ShouldBe(new ClassFigures(0, 0, 0, 0));
}

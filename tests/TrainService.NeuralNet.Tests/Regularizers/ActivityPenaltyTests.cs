using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.Tests.Layers;
using TrainService.NeuralNet.Tests.Sessions;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Regularizers;

public sealed class ActivityPenaltyTests
{
    private const string L2 = "\"activity_regularizer\": {\"type\": \"l2\", \"l2\": 0.3}";

    [Theory]
    [InlineData("""{"type": "dense", "units": 5, "activation": "tanh", RULE}, {"type": "dense", "units": 3}""")]
    [InlineData("""{"type": "dense", "units": 5}, {"type": "dense", "units": 3, "activation": "swish", RULE}""")]
    [InlineData("""{"type": "dense", "units": 3, RULE}""")]
    public void The_gradient_is_that_of_the_loss_with_the_penalty(string layers)
        => GradientCheck.Run(Parts.Layers($"[{layers.Replace("RULE", L2, StringComparison.Ordinal)}]"), new Shape(10), Parts.Of<Loss>("loss", "mse"),
            TestRows.Normal(12, 10, 1), TestRows.Normal(12, 3, 2), batch: 12);

    [Fact]
    public void Of_images_with_gaps_between_pixels_too()
        => GradientCheck.Run(Parts.Layers($$"""
            [{"type": "conv2d", "filters": 5, "kernel_size": 3, "activation": "sigmoid", {{L2}}}, "flatten", {"type": "dense", "units": 3}]
            """), new Shape(5, 5, 2), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(6, 50, 1), TestRows.Normal(6, 3, 2), batch: 6);

    // Σ over rows of l2 Σ y², divided by the rows; a softmax is not fused with its loss then.
    [Fact]
    public void Training_and_evaluation_add_the_mean_penalty_of_a_row()
    {
        const string Plain = """[{"type": "dense", "units": 9, "activation": "tanh"}, {"type": "dense", "units": 4, "activation": "softmax"}]""";
        using Training free = new(Plain), bound = new(Plain.Replace("\"softmax\"", $"\"softmax\", {L2}", StringComparison.Ordinal), threads: 2);
        int[] rows = [.. Enumerable.Range(0, 32)];
        using InferenceSession evaluation = new(bound.State, 10, bound.Team);
        double evaluated = evaluation.Evaluate(Training.Inputs, Training.Targets, default, rows, Parts.Of<Loss>("loss", "sparse_categorical_crossentropy"), []).Loss;
        float[] outputs = new float[32 * 4];
        evaluation.Predict(Training.Inputs, rows, outputs);
        double penalty = 0.3 * outputs.Sum(v => (double)v * v) / 32;
        double loss = bound.Session.Step(Training.Inputs, Training.Targets, default, rows, 0f), unpenalized = free.Session.Step(Training.Inputs, Training.Targets, default, rows, 0f);
        loss.ShouldBe(unpenalized + penalty, 1e-5);
        evaluated.ShouldBe(loss, 1e-5);
    }
}

using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Losses;

namespace TrainService.NeuralNet.Tests.Losses;

/// <summary>A fused loss on logits is the same as its activation followed by the loss itself.</summary>
public class FusionTests
{
    [Theory]
    [InlineData("""{"type": "binary_crossentropy", "label_smoothing": 0.1}""", "sigmoid", false)]
    [InlineData("binary_focal_crossentropy", "sigmoid", false)]
    [InlineData("""{"type": "categorical_crossentropy", "label_smoothing": 0.1}""", "softmax", false)]
    [InlineData("categorical_focal_crossentropy", "softmax", false)]
    [InlineData("sparse_categorical_crossentropy", "softmax", true)]
    public void Value_and_gradient_agree(string json, string activation, bool sparse)
    {
        var loss = Parts.Of<Loss>("loss", json);
        var last = Parts.Of<Activation>("activation", activation);
        Loss fused = loss.FuseWith(last).ShouldNotBeNull();
        float[] logits = [0.3f, -1.2f, 2.1f, 0.9f], target = sparse ? [2f] : [0f, 1f, 0f, 0f];
        float[] outputs = new float[4], upper = new float[4], expected = new float[4], gradient = new float[4];

        last.Forward(logits, outputs, 4);
        double value = loss.ValueAndGradient(outputs, target, upper, 1f);
        last.Backward(last.NeedsInput ? logits : [], outputs, upper, expected, 4);

        fused.ValueAndGradient(logits, target, gradient, 1f).ShouldBe(value, 1e-6);
        for (int i = 0; i < 4; i++) gradient[i].ShouldBe(expected[i], 1e-6f);
        fused.TargetLength(4).ShouldBe(loss.TargetLength(4));
    }

    [Theory]
    [InlineData("binary_crossentropy", "softmax")]
    [InlineData("categorical_crossentropy", "sigmoid")]
    [InlineData("mse", "linear")]
    [InlineData("""{"type": "binary_crossentropy", "from_logits": true}""", "sigmoid")]
    [InlineData("""{"type": "categorical_crossentropy", "from_logits": true}""", "softmax")]
    [InlineData("""{"type": "sparse_categorical_crossentropy", "from_logits": true}""", "softmax")]
    public void Others_are_left_apart(string json, string activation)
        => Parts.Of<Loss>("loss", json).FuseWith(Parts.Of<Activation>("activation", activation)).ShouldBeNull();
}

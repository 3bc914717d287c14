using TrainService.NeuralNet.Metrics;

namespace TrainService.NeuralNet.Adversarial;

/// <summary>Share of the answers that lie on their target's side of the middle, wherever smoothing has put the target.</summary>
/// <param name="middle">Of the outputs: 0.5 of probabilities, 0 of logits.</param>
internal sealed class SideAccuracy(float middle) : MeanMetric("accuracy")
{
    protected override double Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        int right = 0;
        for (int i = 0; i < prediction.Length; i++)
            if (prediction[i] > middle == target[i] > 0.5f) right++;
        return (double)right / prediction.Length;
    }
}

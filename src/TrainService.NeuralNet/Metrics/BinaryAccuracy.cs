using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>The share of elements that are on their target's side of a threshold.</summary>
public sealed class BinaryAccuracy(string name, float threshold) : MeanMetric(name)
{
    public static ComponentDescriptor<MetricFactory> Descriptor { get; } = new("binary_accuracy",
        a => (loss, outputLength) => Rows.IsSparse(loss, outputLength)
            ? throw new ArgumentException("binary_accuracy takes a target of 0 or 1 for each output, but this loss takes class indices.")
            : new BinaryAccuracy("binary_accuracy", a.Single("threshold")))
    {
        KerasName = "BinaryAccuracy",
        Summary = "The share of yes-or-no answers that are right.",
        Advice = "For several independent yes-or-no questions, where accuracy would look for the largest output.",
        Source = "Keras BinaryAccuracy",
        Arguments = [Arg.Number("threshold", "A prediction above it is a yes.", 0.5, min: 0, max: 1)],
    };

    /// <inheritdoc/>
    protected override double Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        int right = 0;
        for (int i = 0; i < prediction.Length; i++)
            if (target[i] == (prediction[i] > threshold ? 1f : 0f)) right++;
        return (double)right / prediction.Length;
    }
}

using TrainService.NeuralNet.Losses;
using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>The mean of a loss that is watched instead of, or beside, the one that is trained on.</summary>
public sealed class LossMetric(string name, Loss loss) : MeanMetric(name)
{
    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override bool SpansAxis => loss.SpansAxis;

    /// <summary>The metric of the same name and arguments as a loss.</summary>
    public static ComponentDescriptor<MetricFactory> Of(ComponentDescriptor<Loss> loss) => new(loss.Name, a => (trained, outputLength) =>
    {
        Loss own = loss.Create(a);
        int wants = own.TargetLength(outputLength), gets = trained.TargetLength(outputLength);
        return wants == gets
            ? new LossMetric(loss.Name, own)
            : throw new ArgumentException($"{loss.Name} takes {wants} numbers as target, but this job's loss takes {gets}.");
    })
    {
        // The one metric that Keras calls otherwise than the loss.
        KerasName = loss.Name == "log_cosh" ? "LogCoshError" : loss.KerasName,
        Aliases = loss.Name == "log_cosh" ? [.. loss.Aliases, "LogCosh"] : loss.Aliases,
        Summary = loss.Summary,
        Advice = "To watch beside the loss that is trained on.",
        Source = loss.Source,
        Arguments = loss.Arguments,
    };

    /// <inheritdoc/>
    protected override double Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) => loss.Value(prediction, target);
}

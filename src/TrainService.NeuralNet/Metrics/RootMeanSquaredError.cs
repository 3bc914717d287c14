using TrainService.NeuralNet.Losses;
using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>√(mean of (p - t)² over all rows and elements).</summary>
public sealed class RootMeanSquaredError() : MeanMetric("rmse")
{
    private static readonly PointwiseLoss<MeanSquaredError> Square = new(default);

    public static ComponentDescriptor<MetricFactory> Descriptor { get; } = new("rmse",
        _ => (loss, outputLength) => Rows.IsSparse(loss, outputLength)
            ? throw new ArgumentException("rmse takes a target for each output, but this loss takes class indices.")
            : new RootMeanSquaredError())
    {
        KerasName = "RootMeanSquaredError",
        Aliases = ["root_mean_squared_error"],
        Summary = "The root of the mean squared error, in the unit of the target.",
        Advice = "The usual figure for a regression; when a few far-off rows should not weigh so much, mae.",
        Source = "Keras RootMeanSquaredError",
    };

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override bool SpansAxis => false;

    /// <inheritdoc/>
    public override double Result(ReadOnlySpan<double> state) => Math.Sqrt(base.Result(state));

    /// <inheritdoc/>
    protected override double Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) => Square.Value(prediction, target);
}

using TrainService.NeuralNet.Losses;

namespace TrainService.NeuralNet.Metrics;

/// <summary>
/// A metric that was asked for, before it is known what it will measure: some depend on the form of the targets and the number of outputs.
/// </summary>
/// <param name="loss">Its <see cref="Loss.TargetLength"/> tells the form of the targets.</param>
/// <param name="outputLength">Numbers in a row of the model's output.</param>
/// <exception cref="ArgumentException">The metric makes no sense for such targets.</exception>
public delegate Metric MetricFactory(Loss loss, int outputLength);

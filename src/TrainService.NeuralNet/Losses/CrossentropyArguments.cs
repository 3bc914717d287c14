using TrainService.Specification;

namespace TrainService.NeuralNet.Losses;

/// <summary>What all cross-entropies take.</summary>
internal static class CrossentropyArguments
{
    internal static readonly ArgumentSpec FromLogits =
        Arg.Flag("from_logits", "The model's output is scores, not probabilities: it has no sigmoid or softmax of its own.", false);

    internal static readonly ArgumentSpec LabelSmoothing =
        Arg.Number("label_smoothing", "How far targets are moved towards indifference.", 0, min: 0, max: 1);

    internal static IReadOnlyList<ArgumentSpec> All { get; } = [FromLogits, LabelSmoothing];
}

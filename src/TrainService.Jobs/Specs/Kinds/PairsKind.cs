using TrainService.Specification;

namespace TrainService.Jobs.Specs.Kinds;

internal static class PairsKind
{
    public static JobKindSpec Spec { get; } = new("pretrain_pairs",
        "learn an auxiliary task: whether two examples are of one class, or how a picture was rotated; model is the tower that looks at one example, and it alone is the result.")
    {
        Needs = ["dataset", "model"],
        Refuses = ["loss", "loss_weights", "class_weight"],
        ObjectDescription = "The auxiliary task. The loss follows from it.",
        Arguments =
        [
            Arg.Choice("task", "pairs: are two examples of one class? Needs classes. rotation: by 0, 90, 180 or 270 degrees? Needs square pictures, and no labels.", "pairs", "pairs", "rotation"),
            Arg.Choice("head", "Of pairs. contrastive: distances of the two codes, small for one class and beyond margin for two; cross_entropy: a sigmoid unit on the magnitudes of their "
                + "differences; triplet: codes of one class nearer to each other than to all others, by margin, among the rows of a batch.", "contrastive", "contrastive", "cross_entropy", "triplet"),
            Arg.Number("margin", "Of contrastive and triplet.", 1, min: 0, max: 1e6, minExclusive: true),
            Arg.Number("same_share", "Share of the pairs that are of one class.", 0.5, min: 0, max: 1, minExclusive: true, maxExclusive: true),
        ],
    };
}

using TrainService.Specification;

namespace TrainService.Jobs.Specs.Kinds;

internal static class PretrainRbmKind
{
    public static JobKindSpec Spec { get; } = new("pretrain_rbm", "teach the model's dense sigmoid layers one after the other, each as a restricted Boltzmann machine on what the ones below it give, without labels.")
    {
        Needs = ["dataset", "model"],
        Refuses = ["loss", "loss_weights", "class_weight", "metrics", "weighted_metrics", "schedule", "lr_find", "pruning", "freeze", "phases", "callbacks", "report"],
        Epochs = 10,
        Optimizer = """{"type": "sgd", "learning_rate": 0.05, "momentum": 0.9}""",
        Arguments =
        [
            new("layers", ArgumentKind.Texts, "Names of the layers to teach, from below: dense ones with sigmoid and bias, nothing but dropout between them. Left out: all such layers from "
                + "below until another dense one comes. Epochs are gone through for each.") { Count = (1, 1000), Nullable = true },
            Arg.Choice("visible", "What the inputs are: binary, 0 or 1 or probabilities between; gaussian, any numbers of about unit variance (standardized). auto: binary where the data lies "
                + "between 0 and 1 and is not standardized. Layers above the first one always take the probabilities below them.", "auto", "auto", "binary", "gaussian"),
            Arg.Integer("gibbs_steps", "k of CD-k: rounds of sampling for the negative statistics.", 1, min: 1, max: 1000),
            Arg.Flag("persistent", "Chains go on from step to step instead of beginning at the data (PCD, Tieleman 2008): for a better model of the data; give it a lower rate.", false),
            new("sample_visible", ArgumentKind.Flag, "Visible units are drawn, too; otherwise they take their means. Left out: when persistent.") { Nullable = true },
            Arg.Number("initial_momentum", "The optimizer's momentum in the first momentum_epochs of each layer.", 0.5, min: 0, max: 1),
            Arg.Integer("momentum_epochs", "Epochs before the optimizer's own momentum sets in.", 5, min: 0, max: JobArguments.MostEpochs),
            Arg.Number("weight_decay", "c of the penalty c/2 Σw² on kernels.", 0.0002, min: 0, max: 10),
            Arg.Number("sparsity_target", "Mean probability that hidden units are drawn to.", 0.1, min: 0, max: 1),
            Arg.Number("sparsity_cost", "How strongly; 0 for not at all.", 0, min: 0, max: 1000),
            Arg.Number("sparsity_decay", "What a unit's running mean keeps of itself in a step.", 0.9, min: 0, max: 0.9999),
        ],
    };
}

namespace TrainService.Jobs.Specs.Kinds;

internal static class GreedyKind
{
    public static JobKindSpec Spec { get; } = new("pretrain_greedy",
        "learn a stack without labels layer by layer, each as an autoencoder of what the layers before it, which stay as they are, put out; the stack is the result.")
    {
        Needs = ["dataset", "model"],
        Refuses = ["loss", "loss_weights", "class_weight", "phases", "freeze", "pruning"],
        ObjectDescription = "How each layer's autoencoder is built. epochs, optimizer, schedule and callbacks are those of each layer's training, begun anew.",
        Arguments = AutoencoderKind.Common,
    };
}

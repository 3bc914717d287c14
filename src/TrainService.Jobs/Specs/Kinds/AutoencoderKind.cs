using TrainService.Specification;

namespace TrainService.Jobs.Specs.Kinds;

internal static class AutoencoderKind
{
    public const string Name = "pretrain_autoencoder";

    /// <summary>Noise on the inputs, and the pictures told of; for all kinds that reconstruct.</summary>
    internal static IReadOnlyList<ArgumentSpec> Common { get; } =
    [
        Arg.Number("masking", "Share of the inputs that is set to 0 while training; the targets stay whole.", 0, min: 0, max: 1, maxExclusive: true),
        Arg.Number("gaussian_noise", "Standard deviation of normal noise added to the inputs while training; the targets stay clean.", 0, min: 0, max: 1000),
        Arg.Choice("sparsity", "What keeps the code sparse: l1, a penalty on its magnitudes; kl, the divergence of each unit's mean over the batch from sparsity_target, for codes between 0 and 1.",
            "none", "none", "l1", "kl"),
        Arg.Number("sparsity_weight", "Factor of that penalty; left out: 0.0001 for l1, on the sum of a code's magnitudes; 0.05 for kl.", min: 0, max: 1e6, nullable: true),
        Arg.Number("sparsity_target", "The mean that kl draws each unit to.", 0.1, min: 0, max: 1, minExclusive: true, maxExclusive: true),
        new("output_activation", ArgumentKind.Component, "Of the mirrored decoder. Left out: sigmoid where the inputs lie between 0 and 1, else none.") { Category = "activation", Nullable = true },
        Arg.Integer("pictures", "Of image datasets: so many inputs, and below them their reconstructions, as a PNG (8,192 pixels at most, base64) in each epoch's event. 0: none.",
            4, min: 0, max: 8),
    ];

    public static JobKindSpec Spec { get; } = new(Name, "learn, without labels, to give the inputs back out of a code; model is the encoder, and it alone is the result.")
    {
        Needs = ["dataset", "model"],
        Refuses = ["class_weight", "loss_weights"],
        ObjectDescription = "How the autoencoder is built around the encoder, which is the job's model. loss may be left out: binary_crossentropy where the inputs lie between 0 and 1, else mse.",
        Arguments =
        [
            Arg.Components("decoder", "layer", "From the code back to the input; left out: the encoder's layers mirrored.", minCount: 1, maxCount: 1000) with { Default = null, Nullable = true },
            .. Common,
            Arg.Flag("variational", "The encoder's last layer, a dense one without activation, gives the means of normal distributions; a second one beside it their log-variances.", false),
            Arg.Number("kl_weight", "Of a variational one: factor of the divergence from a standard normal; 1 is the bound of the paper.", 1, min: 0, max: 1e6),
        ],
    };
}

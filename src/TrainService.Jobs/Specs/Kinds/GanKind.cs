using TrainService.Specification;

namespace TrainService.Jobs.Specs.Kinds;

internal static class GanKind
{
    public static JobKindSpec Spec { get; } = new("gan", "train a generator and a discriminator against each other: the one draws, the other tells drawings from the dataset's rows.")
    {
        Needs = ["dataset"],
        Refuses = ["model", "loss", "loss_weights", "class_weight", "metrics", "weighted_metrics", "optimizer", "schedule", "lr_find", "pruning", "freeze", "phases", "callbacks", "report"],
        Epochs = 30,
        Arguments =
        [
            Arg.Component("generator", "model", "Makes a row like the dataset's of latent_size random numbers. Where a stack of layers leaves it open it gets what Radford 2015 advises: relu in "
                + "hidden layers, tanh at the end, start values of deviation 0.02.", required: true),
            Arg.Component("discriminator", "model", "Says of a row whether it is real: one number, through a sigmoid or as it is. Left open, its hidden layers get leaky_relu of slope 0.2. Its lower "
                + "layers are what a later job can reuse.", required: true),
            Arg.Integer("latent_size", "Random numbers that a sample is made of. Left out: what the generator's input_shape says, else 100.", min: 1, max: 1 << 16, nullable: true),
            Arg.Choice("latent_distribution", "How they are spread: standard normal, or uniform in [-1, 1).", "normal", "normal", "uniform"),
            Arg.Component("generator_optimizer", "optimizer", "Left out: adam with learning_rate 0.0002 and beta_1 0.5 (Radford 2015).", nullable: true),
            Arg.Component("discriminator_optimizer", "optimizer", "Left out: the same as the generator's, with a state of its own.", nullable: true),
            Arg.Integer("discriminator_steps", "Updates of the discriminator, each by another batch, before the generator has its turn.", 1, min: 1, max: 1000),
            Arg.Integer("generator_steps", "Updates of the generator in its turn.", 1, min: 1, max: 1000),
            Arg.Number("label_smoothing", "Taken off the target of real rows, and of those alone (Salimans 2016): the discriminator does not get too sure.", 0.1, min: 0, max: 0.49),
            Arg.Integer("samples", "Pictures in each epoch's event, always of the same latent numbers; 0 for none.", 64, min: 0, max: 256),
        ],
    };

    /// <summary>The optimizer of a network whose job names none.</summary>
    public const string Optimizer = """{"type": "adam", "learning_rate": 0.0002, "beta_1": 0.5}""";
}

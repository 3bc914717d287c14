using TrainService.Specification;

namespace TrainService.Jobs.Specs.Kinds;

internal static class RateSearchKind
{
    public static JobKindSpec Spec { get; } = new(JobArguments.FindKind, "try ever higher learning rates and suggest some.")
    {
        ObjectDescription = "How the learning-rate finder searches: in a job of kind lr_find, and before training where a rate is \"auto\".",
        SharesObject = true,
        Epochs = 1,
        Optimizer = JobDefaults.Optimizer,
        Arguments =
        [
            Arg.Number("start", "The first rate.", 1e-6, min: 0, max: 100, minExclusive: true) with { Aliases = ["min_lr", "start_lr"] },
            Arg.Number("end", "The last rate, if the loss does not explode before.", 10, min: 0, max: 1e6, minExclusive: true) with { Aliases = ["max_lr", "end_lr"] },
            Arg.Integer("steps", "Batches from the first rate to the last, the rate being multiplied after each. Left out, without epochs: one epoch, but 200 at least and 1000 at most.",
                min: 10, max: 1_000_000, nullable: true),
            Arg.Integer("epochs", "In place of steps: so many epochs.", min: 1, max: 100, nullable: true),
            Arg.Number("smoothing", "Share of the running mean of the loss that is kept after each batch.", 0.9, min: 0, max: 0.9999),
            Arg.Number("explode_factor", "The search ends when the smoothed loss is so many times its least value.", 4, min: 1, max: 1e6, minExclusive: true),
        ],
    };
}

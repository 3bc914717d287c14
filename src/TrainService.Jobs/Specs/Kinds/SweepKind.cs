using TrainService.Specification;

namespace TrainService.Jobs.Specs.Kinds;

/// <summary>The members of a sweep, and their words.</summary>
public static class SweepKind
{
    public const string Name = "sweep", Parameters = "parameters", Method = "method", Trials = "trials", Seeds = "seeds", AtOnce = "at_once", Monitor = "monitor", Mode = "mode",
        Factor = "factor", FirstEpochs = "first_epochs";

    public const string Grid = "grid", Random = "random", Halving = "halving";

    /// <summary>All together: each is a job of its own, and checked before the sweep is taken.</summary>
    public const int MostTrials = 200;

    public static JobKindSpec Spec { get; } = new(Name, "train the network many times, each time with other values in its spec, and rank what comes out. Each trial is a job.")
    {
        ObjectDescription = "What a job of kind sweep tries; the rest of the job is what all trials have in common.",
        Needs = [],
        Arguments =
        [
            new(Parameters, ArgumentKind.Json, "What is tried: an object from places in the job (JSON pointers, such as /optimizer/learning_rate or /model/drop_last) to lists of values, or to "
                + "{\"choice\": [...]}, {\"uniform\": [low, high]}, {\"log_uniform\": [low, high]}, {\"integers\": [low, high]}. A grid takes ranges with steps: {\"log_uniform\": [1e-4, 1e-1], "
                + "\"steps\": 4}.") { Required = true },
            Arg.Choice(Method, "grid: every combination. random: so many trials, each value drawn by itself; better than a grid when few of many parameters matter. halving: so many random "
                + "trials, all for a few epochs; the best of them go on from where they stand for factor times as many, until one part has trained to the end.", Grid, Grid, Random, Halving),
            Arg.Integer(Trials, "How many combinations random and halving draw.", min: 1, max: MostTrials, nullable: true),
            Arg.Integers(Seeds, "Each combination is trained with each of these seeds, and ranked by the mean over them. Left out: all trials have the job's own seed, so that they differ in "
                + "nothing else.", min: 0, max: JobArguments.LargestSeed) with { Nullable = true, Default = null, Count = (0, 50) },
            Arg.Integer(AtOnce, "How many trials may stand in the queue or run at the same time.", 4, min: 1, max: 64),
            new(Monitor, ArgumentKind.Text, "The figure that trials are ranked by, at the best of their epochs; null takes val_loss, or loss without validation.") { Nullable = true },
            Arg.Choice(Mode, "Whether less or more of it is better; auto: by what it is.", "auto", "auto", "min", "max"),
            Arg.Integer(Factor, "Of halving: one in so many goes on, for so many times as many epochs.", 3, min: 2, max: 16),
            Arg.Integer(FirstEpochs, "Of halving: epochs after which trials are compared for the first time.", 1, min: 1, max: JobArguments.MostEpochs),
        ],
    };
}

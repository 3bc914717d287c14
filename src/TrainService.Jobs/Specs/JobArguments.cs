using TrainService.Jobs.Specs.Kinds;
using TrainService.Specification;

namespace TrainService.Jobs.Specs;

/// <summary>Everything that may stand in the body of POST /jobs, declared once: the reader, the JSON schema and the docs come from here.</summary>
public static class JobArguments
{
    /// <summary>2⁵³ - 1: the largest whole number that every JSON client can write.</summary>
    public const long LargestSeed = 9_007_199_254_740_991;

    /// <summary>Kinds of jobs.</summary>
    public const string TrainKind = "train", FindKind = "lr_find";

    public const int MostEpochs = 10_000;

    private static readonly ArgumentSpec[] Checkpoint =
    [
        Arg.Integer("every_epochs", "Save a checkpoint after every so many epochs; null saves only the last one.", 1, min: 1, max: MostEpochs, nullable: true),
        Arg.Integer("keep_last", "How many of the newest checkpoints are kept.", 2, min: 1, max: 1000),
        Arg.Integer("keep_best", "How many of the best ones are kept beside them.", 1, min: 0, max: 1000),
        new("monitor", ArgumentKind.Text, "What tells the best, such as val_loss; null takes val_loss, or loss without validation.") { Nullable = true },
    ];

    private static readonly ArgumentSpec[] Phase =
    [
        Arg.Integer("epochs", "How often all rows are gone through in this phase. Epochs are numbered on through the phases.", min: 1, max: MostEpochs, required: true),
        Layers("freeze", "Layers that stay as they are from this phase on, beside those that were frozen before it: written as the job's own freeze."),
        Layers("unfreeze", "Layers that learn from this phase on, whatever froze them; all and * are every layer."),
        Arg.Component("optimizer", "optimizer", "A new one, which starts with empty slots, and without the schedule of the one before. Left out: the one before goes on, its slots and "
            + "its schedule too; the slots of layers that were frozen start anew.", nullable: true),
        Arg.Component("schedule", "schedule", "How the learning rate changes, counted from the beginning of this phase. Left out: as before, or, beside a new optimizer, none.", nullable: true),
        Arg.Integer("batch_size", "Rows in a step; left out: the job's.", min: 1, max: 1 << 20, nullable: true),
        Arg.Components("callbacks", "callback", "In place of the job's. They begin anew with each phase; early stopping ends its phase only.", maxCount: 32) with { Default = null, Nullable = true },
    ];

    private static readonly ArgumentSpec[] Limits =
    [
        Arg.Number("max_runtime_seconds", "The job is stopped, its weights kept, when it has trained for so long, all its runs together.",
            min: 0, max: 31_536_000, minExclusive: true, nullable: true),
        Arg.Integer("threads", "How many threads it computes with; null takes all. The results do not depend on it.", min: 1, max: 1024, nullable: true),
    ];

    private static readonly ArgumentSpec[] Report =
    [
        Arg.Choice("norms", "Norms of gradients (of the epoch's last step, before clipping) and of weights in each epoch's event: global: of all together; layers: of each layer that "
            + "learns too, as gradient_norm/layer and weight_norm/layer.", "global", "global", "layers"),
    ];

    private static readonly ArgumentSpec[] Retry =
    [
        Arg.Integer("max_attempts", "How many runs may fail in a row, through no fault of the job, before it is given up. A process that is lost does not count, unless it happens again and again.", 3, min: 1, max: 100),
    ];

    /// <summary>Whatever the kind; <see cref="JobKinds.For"/> says what they are for each.</summary>
    /// <param name="dataset">What may stand in <c>dataset</c>: the data library's own declarations.</param>
    public static IReadOnlyList<ArgumentSpec> All(IReadOnlyList<ArgumentSpec> dataset) =>
    [
        new("name", ArgumentKind.Text, "What people call the job.") { Nullable = true },
        new("labels", ArgumentKind.TextMap, "Free words to find the job by.") { Count = (0, 64), Default = new Dictionary<string, string>() },
        JobKinds.Choice,
        Arg.Integer("seed", "Everything random in the job comes from it: the same seed gives the same bits. Drawn, and told, when left out.",
            min: 0, max: LargestSeed, nullable: true),
        Arg.Object("dataset", "What to learn from.", dataset, optional: true),
        Arg.Component("model", "model", "The network."),
        Arg.Component("loss", "loss", "What is minimized; of a model with several outputs one loss for all, a list, or an object with the outputs' names."),
        new("loss_weights", ArgumentKind.Json, "Of a model with several outputs: how much the loss of each counts, as a list or by the outputs' names.") { Nullable = true },
        new("class_weight", ArgumentKind.NumberMap, "How much each class counts, by its name or number; 1 for those left out.")
        {
            Minimum = 0, Count = (1, 100_000), Nullable = true,
        },
        Arg.Components("metrics", "metric", "What is measured beside the loss.", maxCount: 32),
        Arg.Components("weighted_metrics", "metric", "What is measured with each row counting by its sample weight and its class's weight; beside the same metric without weights it is "
            + "named weighted_….", maxCount: 32),
        Arg.Component("optimizer", "optimizer", "How the weights are updated. Left out: SGD with Nesterov momentum, and one_cycle unless a schedule is given.",
            nullable: true),
        Arg.Component("schedule", "schedule", "How the learning rate changes from step to step; null keeps the optimizer's.", nullable: true),
        .. JobKinds.Objects,
        Arg.Component("pruning", "pruning", "Sets small weights to zero while training; null leaves them.", nullable: true),
        Arg.Integer("batch_size", "Rows in a step.", 32, min: 1, max: 1 << 20),
        Layers("freeze", "Layers whose weights stay as they are: names; patterns with * and ?; ranges first..last, in the order of the layers; or all. "
            + "In a model that starts from a checkpoint, all and * are the layers that come from there."),
        Arg.Objects("phases", "In place of epochs: several trainings of the network, one after the other, each with layers frozen or not, and with its own rate.", Phase, maxCount: 100),
        Arg.Integer("epochs", "How often all rows are gone through. Left out, together with callbacks: up to 30, ended by early stopping on the validation loss.",
            min: 1, max: MostEpochs, nullable: true),
        Arg.Flag("shuffle", "Draw a new order of the rows for each epoch.", true),
        Arg.Components("callbacks", "callback", "What happens at the end of an epoch.", maxCount: 32),
        Arg.Object("checkpoint", "When weights are saved and which of them are kept.", Checkpoint),
        Arg.Object("report", "What is told beside metrics.", Report),
        Arg.Object("limits", "What the job may use.", Limits),
        Arg.Integer("priority", "Jobs above 0 run first, those below 0 last.", 0, min: -100, max: 100),
        Arg.Object("retry", "What happens when a run fails for want of memory, disk or a database.", Retry),
        new("parent", ArgumentKind.Text, "A job (job_…, or the name of an earlier one of the same chain) that must have succeeded before this one starts. With \"from_checkpoint\": "
            + "\"parent\" or \"parent:best\" the model starts from what it has learned. If it fails, so does this one; if it is cancelled or stopped, this one is cancelled.") { Nullable = true },
    ];

    private static ArgumentSpec Layers(string name, string description) => new(name, ArgumentKind.Texts, description) { Count = (0, 4096), Nullable = true };
}

using TrainService.Specification;

namespace TrainService.Jobs.Specs.Kinds;

/// <summary>The members of an evaluation.</summary>
public static class EvaluateKind
{
    public const string Part = "part", Limit = "limit";

    public static JobKindSpec Spec { get; } = new("evaluate", "measure a checkpoint on a dataset; figures, confusion matrix and scores of each class stand in its summary.")
    {
        ObjectDescription = "Which rows a job of kind evaluate measures.",
        Needs = ["model"],
        Refuses =
        [
            "loss", "loss_weights", "class_weight", "metrics", "weighted_metrics", "optimizer", "schedule", "pruning", "batch_size", "freeze", "phases", "epochs", "shuffle", "callbacks",
            "checkpoint", "report",
        ],
        Arguments =
        [
            new(Part, ArgumentKind.Choice, "Which rows: test, validation or train; the first of these that the dataset has when left out.") { Choices = ["test", "validation", "train"], Nullable = true },
            Arg.Integer(Limit, "At most so many rows, from the first on.", min: 1, nullable: true),
        ],
    };
}

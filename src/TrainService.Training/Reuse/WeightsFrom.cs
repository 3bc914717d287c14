using TrainService.Specification;

namespace TrainService.Training.Reuse;

/// <summary>The layers of a model that start with the weights of a checkpoint, rather than with drawn ones.</summary>
/// <param name="Checkpoint">Its id. It is read, never changed.</param>
/// <param name="Layers">Names, the same in both networks.</param>
internal sealed record WeightsFrom(string Checkpoint, IReadOnlyList<string> Layers)
{
    public const string Name = "weights_from";

    public static ArgumentSpec Argument { get; } = Arg.Object(Name, "Layers that start with the weights of a checkpoint: what from_checkpoint comes to.",
    [
        Arg.Text("checkpoint", "Its id (ckpt_…).", required: true),
        Arg.Texts("layers", "Names of the layers, the same in the checkpoint and in this model.", minCount: 1, maxCount: 4096, required: true),
    ], optional: true);

    /// <summary>Null when all weights are drawn.</summary>
    public static WeightsFrom? Of(ComponentValue model) => model.Arguments.OptionalObject(Name) is { } given && given.Has("checkpoint") && given.Has("layers")
        ? new WeightsFrom(given.Text("checkpoint"), given.Texts("layers"))
        : null;

    /// <summary>The model alone, as it is once its weights are its own.</summary>
    public static ComponentValue Without(ComponentValue model) => model.Arguments.Has(Name) ? model with { Arguments = model.Arguments.With(Name, null) } : model;

    public ComponentValue Into(ComponentValue model) => model with
    {
        Arguments = model.Arguments.With(Name, new Arguments(new OrderedDictionary<string, object?> { ["checkpoint"] = Checkpoint, ["layers"] = Layers })),
    };
}

using TrainService.Specification;
using TrainService.Training.Models;

namespace TrainService.Training.Reuse;

/// <summary>A model that begins as the network of a checkpoint. <see cref="ModelReuse"/> makes a plain model of it before anything else looks at it.</summary>
internal static class CheckpointModel
{
    public const string From = "from_checkpoint", Until = "until", DropLast = "drop_last", Append = "append", Freeze = "freeze";

    public static ComponentDescriptor<ModelDefinition> Descriptor { get; } = new(From, _ => new ModelDefinition([], null)
    {
        Faults = [new SpecError("/model", "unsupported", "Only the model of a job can start from a checkpoint.")],
    })
    {
        Summary = "The network of a checkpoint, with its weights: whole, or without its last layers and with new ones in their place.",
        Advice = "When a similar task has been learned before and there is little data. Freeze the reused layers first, then train all at a lower rate.",
        Source = "Yosinski, Clune, Bengio, Lipson 2014, arXiv:1411.1792",
        Arguments =
        [
            Arg.Text(From, "Id of the checkpoint (ckpt_…), which stays as it is; parent or parent:best: the last or the best one that the job named as parent will have left.", required: true),
            new(Until, ArgumentKind.Text, "Name of the last layer that is taken.") { Nullable = true },
            Arg.Integer(DropLast, "How many of its last layers are left away; instead of until.", min: 0, max: 4096, nullable: true),
            Arg.Components(Append, "layer", "New layers behind those taken, one after the other.", maxCount: 1000),
            new(Freeze, ArgumentKind.Texts, "Layers whose weights stay: all for all that are taken; or names, patterns with * and ?, ranges first..last. The other layers taken "
                + "learn. Left out: as they were in the checkpoint. The job's own freeze and its phases come on top.") { Count = (0, 4096), Nullable = true },
        ],
    };
}

using TrainService.Data.Requests;
using TrainService.Jobs.Specs.Kinds;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds;

/// <summary>What a kind of job does: before it is queued, and when it runs. <see cref="JobKindSpec"/> is what such a job may hold.</summary>
internal abstract class JobKind(JobKindSpec spec)
{
    public JobKindSpec Spec => spec;

    public string Name => spec.Name;

    /// <summary>
    /// The ordinary training that such a job comes to, worked out when the job is checked and again when it runs, from the job and the data's description
    /// alone: plain model, plain loss, derived data. Everything that checks, estimates and trains looks at that.
    /// </summary>
    /// <param name="job">As read, its model plain and every default filled in; members that were wrong are not there. When it runs: as resolved.</param>
    /// <param name="errors">What can't be, at its place in the job. Nothing may be added for a job that was resolved before.</param>
    /// <returns>Null when errors were added, or when what it takes was wrong and told before.</returns>
    public virtual DerivedTraining? Derive(Arguments job, DescribedData data, SpecErrors errors) => new(job, data);

    /// <summary>The kind's own object; null where something in it was wrong, which was told when it was read.</summary>
    protected Arguments? Asked(Arguments job)
        => job.OptionalObject(Name) is { } asked && spec.Arguments.All(a => a.Nullable || asked.Has(a.Name)) ? asked : null;

    /// <summary>Derived rows can't be changed at random by the dataset's own means.</summary>
    protected void RefuseAugmentation(DescribedData data, SpecErrors errors)
    {
        if (data.Augment is not null) errors.Add("/dataset/augment", "conflict", $"A job of kind {Name} makes its rows by itself, and takes no augment.");
    }

    /// <summary>What is trained is not what the client wrote: when deriving fails there is nothing to check further.</summary>
    public virtual bool IsDerived => false;

    /// <summary>Jobs of this kind are no training, and check themselves; null for all that are.</summary>
    public virtual ICompiledByItself? Compiler => null;

    /// <summary>Does the job, from wherever it stands, and settles how it ended.</summary>
    /// <returns>How it ended; of a kind that is several runs, the last of them.</returns>
    /// <exception cref="TrainingFailedException">It can't go on.</exception>
    public abstract RunEnd Run(RunSession session);
}

using System.Globalization;
using TrainService.Specification;

namespace TrainService.Jobs.Specs;

/// <summary>One phase of a job with everything that it takes over from the job and from the phases before it. A job without <c>phases</c> is one phase.</summary>
public sealed record PhaseSpec
{
    /// <summary>From 0.</summary>
    public required int Index { get; init; }

    /// <summary>Where it stands in the job: "/phases/1", or "" when the job itself is the phase.</summary>
    public required string Pointer { get; init; }

    public required int Epochs { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>What this phase freezes and unfreezes, as it was written; what the job itself freezes holds before the first phase.</summary>
    public IReadOnlyList<string> Freeze { get; init; } = [];

    /// <inheritdoc cref="Freeze"/>
    public IReadOnlyList<string> Unfreeze { get; init; } = [];

    /// <summary>Null only when it was written wrongly.</summary>
    public ComponentValue? Optimizer { get; init; }

    /// <summary>It begins with empty slots; otherwise the one before goes on.</summary>
    public bool NewOptimizer { get; init; }

    /// <summary>Null when the optimizer's rate stays as it is.</summary>
    public ComponentValue? Schedule { get; init; }

    /// <summary>It counts from the beginning of this phase; otherwise the one before goes on.</summary>
    public bool NewSchedule { get; init; }

    /// <summary>Where the schedule was written.</summary>
    public string SchedulePointer { get; init; } = "/schedule";

    public IReadOnlyList<ComponentValue> Callbacks { get; init; } = [];

    /// <summary>Where the callbacks were written.</summary>
    public string CallbacksPointer { get; init; } = "/callbacks";

    /// <summary>The phases of a job, as far as it was read without an error.</summary>
    public static IReadOnlyList<PhaseSpec> Of(Arguments job)
    {
        var phase = new PhaseSpec
        {
            Index = 0, Pointer = "", Epochs = job.OptionalInteger("epochs") ?? 1, BatchSize = job.OptionalInteger("batch_size") ?? 1,
            Optimizer = job.OptionalValue("optimizer"), NewOptimizer = true, Schedule = job.OptionalValue("schedule"), NewSchedule = true,
            Callbacks = job.Has("callbacks") ? job.ValueList("callbacks") : [],
        };
        if (!job.Has("phases")) return [phase];
        var phases = new List<PhaseSpec>();
        PhaseSpec shared = phase;
        foreach (Arguments asked in job.Objects("phases")) phases.Add(phase = phase.Next(asked, phases.Count, shared));
        return phases;
    }

    private PhaseSpec Next(Arguments asked, int index, PhaseSpec job)
    {
        string pointer = $"/phases/{index.ToString(CultureInfo.InvariantCulture)}";
        bool optimizer = asked.Has("optimizer"), schedule = asked.Has("schedule"), callbacks = asked.Has("callbacks"), first = index == 0;
        return new PhaseSpec
        {
            Index = index,
            Pointer = pointer,
            Epochs = asked.OptionalInteger("epochs") ?? 1,
            BatchSize = asked.OptionalInteger("batch_size") ?? job.BatchSize,
            Freeze = asked.Has("freeze") ? asked.Texts("freeze") : [],
            Unfreeze = asked.Has("unfreeze") ? asked.Texts("unfreeze") : [],
            Optimizer = optimizer ? asked.Value("optimizer") : Optimizer,
            NewOptimizer = optimizer || first,
            // A schedule belongs to the optimizer that it was written for, as in Keras.
            Schedule = schedule ? asked.Value("schedule") : optimizer ? null : Schedule,
            NewSchedule = schedule || optimizer || first,
            SchedulePointer = schedule || optimizer ? pointer + "/schedule" : SchedulePointer,
            Callbacks = callbacks ? asked.ValueList("callbacks") : job.Callbacks,
            CallbacksPointer = callbacks ? pointer + "/callbacks" : job.CallbacksPointer,
        };
    }
}

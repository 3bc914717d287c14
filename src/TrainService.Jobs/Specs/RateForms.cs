using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Jobs.Specs;

/// <summary>
/// The ways in which Keras lets a rate be asked for, brought into one: a schedule in the place of the optimizer's learning_rate, and the old
/// decay, become the schedule beside the optimizer. What comes out has a plain learning_rate (or "auto") and decay 0.
/// </summary>
public static class RateForms
{
    private const string Rate = "learning_rate", Decay = "decay", Schedule = "schedule", Optimizer = "optimizer";

    /// <param name="owner">What has members <c>optimizer</c> and <c>schedule</c>: a job.</param>
    /// <param name="pointer">Its place.</param>
    public static Arguments Lift(Arguments owner, SpecReader reader, string pointer)
    {
        if (owner.OptionalValue(Optimizer) is not { } optimizer) return owner;
        bool hasSchedule = owner.Has(Schedule);
        if (optimizer.Arguments.Values.GetValueOrDefault(Rate) is ComponentValue schedule)
        {
            if (hasSchedule)
                reader.Errors.Add($"{pointer}/{Schedule}", "conflict", "The optimizer's learning_rate is a schedule already; only one of them can set the rate.",
                    owner.Value(Schedule).Descriptor.Name);
            ArgumentSpec spec = optimizer.Descriptor.Arguments.First(a => a.Name == Rate);
            owner = owner.With(Optimizer, optimizer = With(optimizer, Rate, spec.Default)).With(Schedule, schedule);
            hasSchedule = true;
        }
        if (optimizer.Arguments.Values.GetValueOrDefault(Decay) is not double decay || decay == 0) return owner;
        if (hasSchedule)
            reader.Errors.Add($"{pointer}/{Optimizer}/{Decay}", "conflict", "A schedule sets the rate, so the optimizer's decay would have no effect.", decay);
        ComponentValue power = reader.Vocabulary.WithDefaults(Schedule, "power");
        power = With(With(power, "decay_rate", decay), "decay_steps", 1.0);
        return owner.With(Optimizer, With(optimizer, Decay, 0.0)).With(Schedule, power);
    }

    private static ComponentValue With(ComponentValue component, string name, object? value)
        => component with { Arguments = component.Arguments.With(name, value) };
}

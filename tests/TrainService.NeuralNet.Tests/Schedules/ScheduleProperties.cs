using TrainService.NeuralNet.Catalog;
using TrainService.NeuralNet.Schedules;
using TrainService.NeuralNet.Tests.Catalog;
using TrainService.Specification;

namespace TrainService.NeuralNet.Tests.Schedules;

/// <summary>What holds for every schedule, whatever its formula.</summary>
public class ScheduleProperties
{
    /// <summary>What a schedule must be told, for those that can't be had by name alone.</summary>
    private static readonly Dictionary<string, string> Required = new(StringComparer.Ordinal)
    {
        ["one_cycle"] = """, "max_learning_rate": 0.5""",
        ["piecewise_constant"] = """, "boundaries": [5], "values": [0.2, 0.1]""",
        ["cosine_restarts"] = """, "first_decay_steps": 10""",
        ["cyclical"] = """, "max_lr": 0.5""",
        ["warmup"] = """, "steps": 5""",
        ["custom"] = """, "points": [[0, 0.1], [9, 0.2]]""",
    };

    public static TheoryData<string> All()
    {
        var data = new TheoryData<string>();
        foreach (ComponentDescriptor descriptor in Registries.Schedules.Descriptors)
            data.Add($$"""{"type": "{{descriptor.Name}}"{{Required.GetValueOrDefault(descriptor.Name)}}}""");
        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_rate_of_a_training_is_a_number_at_least_0_however_short_it_is_and_however_long(string json)
    {
        Schedule schedule = Curves.Make(json);
        foreach (ScheduleContext context in (ScheduleContext[])[new(0.1, 1, 1), new(0.1, 1, 2), new(0.1, 7, 7), new(0.1, 10, 100), new(0.1, 60_000, 600_000_000)])
            foreach (long step in (long[])[0, 1, 2, 9, 10, 99, context.TotalSteps / 2, context.TotalSteps - 1, context.TotalSteps])
            {
                float.IsFinite(schedule.RateAt(step, context)).ShouldBeTrue();
                schedule.RateAt(step, context).ShouldBeGreaterThanOrEqualTo(0);
                (schedule.MomentumAt(step, context) ?? 0).ShouldBeInRange(0, 1);
            }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_base_rate_counts_exactly_when_it_says_so(string json)
    {
        Schedule schedule = Curves.Make(json);
        bool same = Enumerable.Range(0, 100).All(s => schedule.RateAt(s, Curves.Context) == schedule.RateAt(s, Curves.Context with { BaseRate = 0.05 }));
        same.ShouldBe(!schedule.UsesBaseRate);
    }

    // As a divisor in float32 it would be 0.
    [Theory]
    [InlineData("""{"type": "exponential", "decay_steps": 1e-60}""", "/decay_steps")]
    [InlineData("""{"type": "step", "drop_every": 1e-60}""", "/drop_every")]
    [InlineData("""{"type": "cosine_restarts", "first_decay_steps": 0}""", "/first_decay_steps")]
    [InlineData("""{"type": "cyclical", "max_lr": 1, "step_size": 1e-60}""", "/step_size")]
    public void A_length_that_is_nothing_is_an_error_at_its_place(string json, string pointer)
    {
        SpecError error = Components.Errors("schedule", json).ShouldHaveSingleItem();
        (error.Pointer, error.Code).ShouldBe((pointer, "out_of_range"));
    }
}

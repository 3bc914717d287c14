using TrainService.NeuralNet.Schedules;

namespace TrainService.NeuralNet.Tests.Schedules;

public class WarmupTests
{
    [Fact]
    public void Rises_to_the_base_rate_and_stays_there()
        => Curves.Rates("""{"type": "warmup", "steps": 20}""", 0, 5, 20, 99).ShouldBeNear([0, 0.025, 0.1, 0.1]);

    // What follows counts from step 20 and has 80 steps for the whole: at 60, 0.1 * (1 + cos(pi * 40/80))/2.
    [Fact]
    public void What_follows_begins_when_it_ends()
        => Curves.Rates("""{"type": "warmup", "steps": 2, "start_learning_rate": 0.02, "unit": "epoch", "schedule": "cosine"}""", 0, 10, 20, 60, 100)
            .ShouldBeNear([0.02, 0.06, 0.1, 0.05, 0]);

    [Theory]
    [InlineData("constant")]
    [InlineData("exponential")]
    [InlineData("power")]
    [InlineData("step")]
    [InlineData("linear")]
    [InlineData("polynomial")]
    [InlineData("cosine")]
    [InlineData("performance")]
    [InlineData("""{"type": "cosine_restarts", "first_decay_steps": 10}""")]
    [InlineData("""{"type": "piecewise_constant", "boundaries": [7], "values": [0.2, 0.1]}""")]
    [InlineData("""{"type": "one_cycle", "max_learning_rate": 0.5}""")]
    [InlineData("""{"type": "cyclical", "max_lr": 0.5}""")]
    [InlineData("""{"type": "custom", "points": [[0, 0.3], [50, 0.1]]}""")]
    [InlineData("""{"type": "warmup", "steps": 5}""")]
    public void Any_schedule_can_follow(string json)
    {
        Schedule inner = Curves.Make(json), warm = Curves.Make($$"""{"type": "warmup", "steps": 30, "schedule": {{(json.StartsWith('{') ? json : $"\"{json}\"")}}}""");
        ScheduleContext left = Curves.Context with { TotalSteps = 70 };

        for (long step = 0; step < 70; step++)
        {
            warm.RateAt(step + 30, Curves.Context).ShouldBe(inner.RateAt(step, left));
            warm.MomentumAt(step + 30, Curves.Context).ShouldBe(inner.MomentumAt(step, left));
        }
        warm.MomentumAt(3, Curves.Context).ShouldBe(inner.MomentumAt(0, left));
        warm.RateAt(15, Curves.Context).ShouldBe(inner.RateAt(0, left) / 2, 1e-7f);
        (warm.UsesBaseRate, warm.Plateau is null).ShouldBe((inner.UsesBaseRate, inner.Plateau is null));
    }
}

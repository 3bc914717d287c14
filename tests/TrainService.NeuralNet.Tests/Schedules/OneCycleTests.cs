using TrainService.NeuralNet.Schedules;
using TrainService.NeuralNet.Tests.Catalog;
using TrainService.Specification;

namespace TrainService.NeuralNet.Tests.Schedules;

public class OneCycleTests
{
    private const string Plain = """{"type": "one_cycle", "max_learning_rate": 0.05}""";

    // 100 steps: 45 up from 0.05/10 to 0.05, 45 down again, and 10 (90 to 99) down to a thousandth of 0.005.
    // Step 9: 0.005 + 0.045 * 9/45 = 0.014. Step 63: 0.05 - 0.045 * 18/45 = 0.032. Step 93: 0.005 - 0.004995 * 3/9 = 0.003335.
    [Fact]
    public void Goes_up_down_and_far_down()
        => Curves.Rates(Plain, 0, 9, 45, 63, 90, 93, 99, 100, 1000).ShouldBeNear([0.005, 0.014, 0.05, 0.032, 0.005, 0.003335, 5e-6, 5e-6, 5e-6]);

    // The same steps: 0.95 - 0.1 * 9/45 = 0.93; 0.85 + 0.1 * 18/45 = 0.89.
    [Fact]
    public void Momentum_goes_the_other_way_round_and_then_stays()
    {
        Schedule schedule = Curves.Make(Plain);
        double[] momentum = [.. new long[] { 0, 9, 45, 63, 90, 99, 1000 }.Select(s => (double)schedule.MomentumAt(s, Curves.Context)!)];
        momentum.ShouldBeNear([0.95, 0.93, 0.85, 0.89, 0.95, 0.95, 0.95]);
    }

    // The optimizer's 0.1 is the maximum: from 0.01 up to 0.1 at step 45, and in the end a thousandth of 0.01.
    [Fact]
    public void Without_a_maximum_the_optimizer_s_rate_is_it()
        => Curves.Rates("one_cycle", 0, 45, 90, 99).ShouldBeNear([0.01, 0.1, 0.01, 1e-5]);

    // round(0.2 * 100) = 20 at the end, 80 in the cycle, 0.25 * 80 = 20 of them up. Cosine: at step 5, a quarter of the way up,
    // 0.1 + 0.9 * (1 - cos(pi/4))/2 = 0.23180194846605361.
    [Fact]
    public void Fractions_and_annealing_can_be_chosen()
    {
        const string json = """
            {"type": "one_cycle", "max_lr": 1, "up_fraction": 0.25, "final_fraction": 0.2, "annealing": "cosine", "final_learning_rate": 0.01,
             "cycle_momentum": false}
            """;
        Curves.Rates(json, 0, 5, 10, 20, 50, 80, 99).ShouldBeNear([0.1, 0.23180194846605361, 0.55, 1, 0.55, 0.1, 0.01]);
        Curves.Make(json).MomentumAt(20, Curves.Context).ShouldBeNull();
    }

    // 27 in the cycle of 30, 14 (13.5, to even) of them up: no step is missed or repeated at the seams.
    [Theory]
    [InlineData(30)]
    [InlineData(7)]
    [InlineData(3)]
    [InlineData(2)]
    [InlineData(1)]
    public void However_short_it_rises_once_to_the_maximum_and_falls_once(int total)
    {
        double[] rates = Curves.Rates(Plain, new(0.1, 1, total), [.. Enumerable.Range(0, total).Select(i => (long)i)]);
        int peak = Array.IndexOf(rates, rates.Max());
        rates[peak].ShouldBe(0.05, 1e-8);
        rates[..(peak + 1)].ShouldBe(rates[..(peak + 1)].Order());
        rates[peak..].ShouldBe(rates[peak..].OrderDescending());
    }

    [Theory]
    [InlineData("""{"type": "one_cycle", "max_learning_rate": 0}""", "/max_learning_rate", "out_of_range")]
    [InlineData("""{"type": "one_cycle", "initial_learning_rate": 0.01}""", "/initial_learning_rate", "conflict")]
    [InlineData("""{"type": "one_cycle", "max_learning_rate": 1, "initial_learning_rate": 2}""", "/initial_learning_rate", "conflict")]
    [InlineData("""{"type": "one_cycle", "max_learning_rate": 1, "final_learning_rate": 0.2}""", "/final_learning_rate", "conflict")]
    [InlineData("""{"type": "one_cycle", "max_learning_rate": 1, "min_momentum": 0.96}""", "/min_momentum", "conflict")]
    public void Arguments_that_make_no_cycle_are_errors_at_their_place(string json, string pointer, string code)
    {
        SpecError error = Components.Errors("schedule", json).ShouldHaveSingleItem();
        (error.Pointer, error.Code).ShouldBe((pointer, code));
    }
}

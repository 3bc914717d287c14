using TrainService.NeuralNet.Tests.Catalog;

namespace TrainService.NeuralNet.Tests.Schedules;

public class CyclicalTests
{
    // c = floor(1 + t/16), x = |t/8 - 2c + 1|: 0.1 + 0.4 * max(0, 1 - x) * h
    [Theory]
    [InlineData("triangular", new long[] { 0, 4, 8, 12, 16, 20, 24 }, new[] { 0.1, 0.3, 0.5, 0.3, 0.1, 0.3, 0.5 })]
    [InlineData("triangular2", new long[] { 8, 16, 24, 40 }, new[] { 0.5, 0.1, 0.3, 0.2 })] // heights 0.4, 0.2, 0.1
    [InlineData("exp_range", new long[] { 4, 8, 24 }, new[] { 0.292119202, 0.46909787777116807, 0.4142712563228875 })] // h = 0.99^t
    public void Goes_up_and_down(string mode, long[] steps, double[] expected)
        => Curves.Rates($$"""{"type": "cyclical", "base_lr": 0.1, "max_lr": 0.5, "step_size": 8, "mode": "{{mode}}", "gamma": 0.99}""", steps).ShouldBeNear(expected);

    // From the optimizer's 0.1; half a cycle is four epochs of ten steps.
    [Fact]
    public void Left_to_itself_it_takes_four_epochs_up_from_the_base_rate()
        => Curves.Rates("""{"type": "cyclical", "max_learning_rate": 0.5}""", 0, 20, 40, 80).ShouldBeNear([0.1, 0.3, 0.5, 0.1]);

    [Fact]
    public void Counted_in_epochs_it_moves_at_every_step()
        => Curves.Rates("""{"type": "cyclical", "max_lr": 0.5, "step_size": 2, "unit": "epoch"}""", 0, 5, 20).ShouldBeNear([0.1, 0.2, 0.5]);

    [Fact]
    public void The_highest_rate_is_not_below_the_lowest()
        => Components.Errors("schedule", """{"type": "cyclical", "base_lr": 0.2, "max_lr": 0.1}""").ShouldHaveSingleItem().Pointer.ShouldBe("/max_lr");
}

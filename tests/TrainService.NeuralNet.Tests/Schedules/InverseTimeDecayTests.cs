namespace TrainService.NeuralNet.Tests.Schedules;

public class InverseTimeDecayTests
{
    // eta0 / (1 + rate * t/s)^c
    [Theory]
    [InlineData("power", 50, 0.06666666666666667)] // 0.1 / (1 + 50/100): s is the whole training
    [InlineData("""{"type": "power", "s": 20, "c": 2}""", 30, 0.016)] // 0.1 / (1 + 30/20)^2
    [InlineData("""{"type": "inverse_time", "eta0": 0.2, "decay_steps": 20, "decay_rate": 0.5, "staircase": true}""", 39, 0.13333333333333333)] // 0.2 / (1 + 0.5 * 1)
    [InlineData("""{"type": "power", "s": 4, "c": 0.5, "unit": "epoch"}""", 29, 0.08164965809277261)] // epoch 2: 0.1 / (1 + 2/4)^0.5
    public void Follows_the_formula(string json, long step, double expected) => Curves.Rates(json, step).ShouldBeNear([expected]);

    [Fact]
    public void Begins_at_its_own_rate_if_it_has_one()
    {
        Curves.Make("power").UsesBaseRate.ShouldBeTrue();
        Curves.Make("""{"type": "power", "eta0": 0.2}""").UsesBaseRate.ShouldBeFalse();
    }
}

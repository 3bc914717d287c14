namespace TrainService.NeuralNet.Tests.Schedules;

public class PolynomialDecayTests
{
    // (eta0 - end) * (1 - t/T)^power + end
    [Theory]
    [InlineData("linear", 25, 0.075025)] // (0.1 - 0.0001) * 0.75 + 0.0001: T is the whole training
    [InlineData("""{"type": "polynomial", "steps": 40, "end_lr": 0.02, "power": 3}""", 30, 0.02125)] // 0.08 * 0.25^3 + 0.02
    [InlineData("""{"type": "linear", "decay_steps": 40, "eta_end": 0}""", 41, 0)]
    [InlineData("""{"type": "linear", "decay_steps": 4, "eta_end": 0, "unit": "epoch"}""", 19, 0.075)] // epoch 1: 0.1 * 3/4
    public void Follows_the_formula(string json, long step, double expected) => Curves.Rates(json, step).ShouldBeNear([expected]);

    // T = 40 up to t = 40, 80 up to t = 80, then 120. At 41: 0.08 * (1 - 41/80)^2 + 0.02; at 81: 0.08 * (1 - 81/120)^2 + 0.02.
    [Fact]
    public void Cycles_over_ever_longer_stretches()
        => Curves.Rates("""{"type": "polynomial", "decay_steps": 40, "end_learning_rate": 0.02, "power": 2, "cycle": true}""", 0, 20, 40, 41, 60, 80, 81)
            .ShouldBeNear([0.1, 0.04, 0.02, 0.0390125, 0.025, 0.02, 0.02845]);
}

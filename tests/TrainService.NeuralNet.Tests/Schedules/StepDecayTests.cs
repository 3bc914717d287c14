namespace TrainService.NeuralNet.Tests.Schedules;

public class StepDecayTests
{
    // eta0 * factor^floor(t / drop_every); t counts epochs unless told otherwise, 10 steps each here
    [Theory]
    [InlineData("step", 99, 0.1)] // epoch 9: 0.1 * 0.5^0
    [InlineData("""{"type": "step", "drop_every": 3}""", 69, 0.025)] // epoch 6: 0.1 * 0.5^2
    [InlineData("""{"type": "step", "drop_every": 3}""", 59, 0.05)] // epoch 5: 0.1 * 0.5^1
    [InlineData("""{"type": "step", "eta0": 0.4, "factor": 0.1, "drop_every": 30, "unit": "step"}""", 70, 0.004)] // 0.4 * 0.1^2
    public void Follows_the_formula(string json, long step, double expected) => Curves.Rates(json, step).ShouldBeNear([expected]);
}

namespace TrainService.NeuralNet.Tests.Schedules;

public class ExponentialDecayTests
{
    // eta0 * rate^(t/s)
    [Theory]
    [InlineData("exponential", 50, 0.031622776601683794)] // 0.1 * 0.1^(50/100): over the whole training
    [InlineData("""{"type": "exponential", "s": 20}""", 30, 0.0031622776601683794)] // 0.1 * 0.1^(30/20)
    [InlineData("""{"type": "exponential", "steps": 20, "staircase": true}""", 39, 0.01)] // 0.1 * 0.1^1
    [InlineData("""{"type": "exponential", "decay_steps": 20, "rate": 0.5, "eta0": 0.8}""", 30, 0.28284271247461901)] // 0.8 * 0.5^1.5
    [InlineData("""{"type": "exponential", "decay_steps": 4, "rate": 0.5, "unit": "epoch"}""", 29, 0.070710678118654752)] // epoch 2: 0.1 * 0.5^0.5
    [InlineData("""{"type": "exponential", "unit": "epoch"}""", 50, 0.031622776601683794)] // epoch 5 of 10
    public void Follows_the_formula(string json, long step, double expected) => Curves.Rates(json, step).ShouldBeNear([expected]);

    [Fact]
    public void Counted_in_epochs_it_stands_still_within_each()
        => Curves.Rates("""{"type": "exponential", "unit": "epoch"}""", [.. Enumerable.Range(0, 30).Select(i => (long)i)]).Distinct().Count().ShouldBe(3);
}

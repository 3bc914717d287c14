namespace TrainService.NeuralNet.Tests.Schedules;

public class CosineRestartsTests
{
    // Wave i is 10 * t_mul^i long; eta0 * ((1 - alpha) * m_mul^i * (1 + cos(pi * f))/2 + alpha). 1 + cos(x) near pi has few digits in float32.
    private const double NearTheEndOfAWave = 1e-4;

    // Waves begin at 0, 10, 30, 70.
    [Fact]
    public void Each_wave_is_twice_as_long_as_the_one_before()
        => Curves.Rates("""{"type": "cosine_restarts", "first_decay_steps": 10}""", 0, 5, 9, 10, 20, 29, 30, 69, 70)
            .ShouldBeNear([0.1, 0.05, 0.0024471741852423235, 0.1, 0.05, 0.0006155829702431171, 0.1, 0.0001541333133436018, 0.1], NearTheEndOfAWave);

    // Waves begin at 0, 10, 40, 130: with t_mul 3 a logarithm in float32 misses some of them.
    [Fact]
    public void Restarts_come_at_their_very_step()
        => Curves.Rates("""{"type": "cosine_restarts", "first_decay_steps": 10, "t_mul": 3, "m_mul": 0.8}""", 10, 39, 40, 129, 130)
            .ShouldBeNear([0.08, 0.00021912418526906844, 0.064, 1.9493535388935616e-05, 0.0512], 1e-3);

    // Waves of 10, halved each time, above a floor of 0.1 * 0.2 that stays: 0.2 * (0.9 * 0.5 + 0.1) = 0.11 at the second peak.
    [Fact]
    public void Waves_can_keep_their_length_and_lose_height()
        => Curves.Rates("""{"class_name": "CosineDecayRestarts", "config": {"initial_learning_rate": 0.2, "first_decay_steps": 10, "t_mul": 1.0, "m_mul": 0.5, "alpha": 0.1}}""",
            0, 5, 10, 15, 20).ShouldBeNear([0.2, 0.11, 0.11, 0.065, 0.065]);

    [Theory]
    [InlineData(1.1)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(7)]
    public void No_rate_is_ever_outside_its_range(double factor)
    {
        double[] rates = Curves.Rates($$"""{"type": "cosine_restarts", "first_decay_steps": 7, "t_mul": {{factor}}}""", [.. Enumerable.Range(0, 5000).Select(i => (long)i)]);
        rates.ShouldAllBe(r => r >= 0 && r <= 0.1f);
        // Between two peaks it only falls.
        Enumerable.Range(1, 4999).Count(i => rates[i] > rates[i - 1]).ShouldBe((int)Math.Floor(Math.Log(1 + (4999 * (factor - 1) / 7)) / Math.Log(factor)));
    }
}

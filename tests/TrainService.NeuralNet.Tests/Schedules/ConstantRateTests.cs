namespace TrainService.NeuralNet.Tests.Schedules;

public class ConstantRateTests
{
    [Theory]
    [InlineData("constant", 0.1, true)]
    [InlineData("""{"type": "constant", "learning_rate": 0.03}""", 0.03, false)]
    public void Holds_its_own_rate_or_the_optimizers(string json, double expected, bool usesBaseRate)
    {
        Curves.Rates(json, 0, 1, 99, 1_000_000).ShouldAllBe(r => r == (float)expected);
        Curves.Make(json).UsesBaseRate.ShouldBe(usesBaseRate);
        Curves.Make(json).Plateau.ShouldBeNull();
    }
}

namespace TrainService.NeuralNet.Tests.Losses;

public sealed class CosineSimilarityTests : LossChecks
{
    protected override string Json => "cosine_similarity";

    protected override double Formula(double[] p, double[] t)
    {
        double pp = p.Sum(v => v * v), tt = t.Sum(v => v * v);
        return -p.Zip(t, (a, b) => a * b).Sum() / Math.Sqrt(pp * tt);
    }

    [Fact]
    public void A_zero_prediction_gives_zero_and_no_NaN()
    {
        var gradient = new float[2];
        Loss.ValueAndGradient([0f, 0f], [1f, 0f], gradient, 1f).ShouldBe(0);
        gradient.ShouldAllBe(g => float.IsFinite(g));
    }
}

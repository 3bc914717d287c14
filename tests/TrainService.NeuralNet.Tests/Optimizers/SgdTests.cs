namespace TrainService.NeuralNet.Tests.Optimizers;

public sealed class SgdTests : OptimizerChecks
{
    protected override string Json => "sgd";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        return w - (Rate * g);
    }

    [Fact]
    public void Without_momentum_a_schedule_can_t_set_it() => Optimizer.TakesMomentum.ShouldBeFalse();
}

public sealed class SgdMomentumTests : OptimizerChecks
{
    protected override string Json => """{"type": "sgd", "momentum": 0.9}""";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        s[0] = (0.9 * s[0]) - (Rate * g);
        return w + s[0];
    }

    [Fact]
    public void A_schedule_can_set_the_momentum()
    {
        float[] w = [1f], m = [2f];
        Optimizer.TakesMomentum.ShouldBeTrue();
        Optimizer.Update(Optimizer.Prepare(0, 0.5f, 0.25f), w, [1f], m, [], []);
        m.ShouldBe([0f]);
        w.ShouldBe([1f]);
    }
}

public sealed class SgdNesterovTests : OptimizerChecks
{
    protected override string Json => """{"type": "sgd", "momentum": 0.9, "nesterov": true}""";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        s[0] = (0.9 * s[0]) - (Rate * g);
        return w + (0.9 * s[0]) - (Rate * g);
    }
}

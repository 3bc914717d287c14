namespace TrainService.NeuralNet.Tests.Optimizers;

public sealed class LionTests : OptimizerChecks
{
    protected override string Json => "lion";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        double c = (0.9 * s[0]) + (0.1 * g);
        s[0] = (0.99 * s[0]) + (0.01 * g);
        return w - (Rate * Math.Sign(c));
    }
}

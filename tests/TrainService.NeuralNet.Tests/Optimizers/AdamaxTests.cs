namespace TrainService.NeuralNet.Tests.Optimizers;

public sealed class AdamaxTests : OptimizerChecks
{
    protected override string Json => "adamax";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        s[0] += 0.1 * (g - s[0]);
        s[1] = Math.Max(0.999 * s[1], Math.Abs(g));
        return w - (Rate * s[0] / ((1 - Math.Pow(0.9, t)) * (s[1] + 1e-7)));
    }
}

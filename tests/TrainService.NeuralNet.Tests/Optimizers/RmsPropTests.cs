namespace TrainService.NeuralNet.Tests.Optimizers;

public sealed class RmsPropTests : OptimizerChecks
{
    protected override string Json => "rmsprop";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        s[0] = (0.9 * s[0]) + (0.1 * g * g);
        return w - (Rate * g / Math.Sqrt(s[0] + 1e-7));
    }
}

public sealed class RmsPropMomentumTests : OptimizerChecks
{
    protected override string Json => """{"type": "rmsprop", "rho": 0.8, "momentum": 0.5}""";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        s[0] = (0.8 * s[0]) + (0.2 * g * g);
        s[1] = (0.5 * s[1]) + (Rate * g / Math.Sqrt(s[0] + 1e-7));
        return w - s[1];
    }
}

public sealed class RmsPropCenteredTests : OptimizerChecks
{
    protected override string Json => """{"type": "rmsprop", "centered": true, "epsilon": 0.001}""";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        s[0] = (0.9 * s[0]) + (0.1 * g * g);
        s[1] = (0.9 * s[1]) + (0.1 * g);
        return w - (Rate * g / Math.Sqrt(s[0] - (s[1] * s[1]) + 0.001));
    }
}

public sealed class RmsPropCenteredMomentumTests : OptimizerChecks
{
    protected override string Json => """{"type": "rmsprop", "centered": true, "momentum": 0.5, "epsilon": 0.001}""";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        s[0] = (0.9 * s[0]) + (0.1 * g * g);
        s[2] = (0.9 * s[2]) + (0.1 * g);
        s[1] = (0.5 * s[1]) + (Rate * g / Math.Sqrt(s[0] - (s[2] * s[2]) + 0.001));
        return w - s[1];
    }
}

namespace TrainService.NeuralNet.Tests.Optimizers;

public sealed class AdadeltaTests : OptimizerChecks
{
    protected override string Json => """{"type": "adadelta", "learning_rate": 1}""";

    protected override double Formula(int t, double w, double g, double[] s)
    {
        s[0] = (0.95 * s[0]) + (0.05 * g * g);
        double delta = -g * Math.Sqrt(s[1] + 1e-7) / Math.Sqrt(s[0] + 1e-7);
        s[1] = (0.95 * s[1]) + (0.05 * delta * delta);
        return w + (Rate * delta);
    }
}

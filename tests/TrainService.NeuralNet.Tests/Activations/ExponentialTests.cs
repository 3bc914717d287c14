namespace TrainService.NeuralNet.Tests.Activations;

public sealed class ExponentialTests : ElementwiseChecks
{
    protected override string Json => "exponential";

    protected override double Formula(double x) => Math.Exp(x);
}

namespace TrainService.NeuralNet.Tests.Activations;

public sealed class SoftplusTests : ElementwiseChecks
{
    protected override string Json => "softplus";

    protected override double Formula(double x) => x > 40 ? x : Math.Log(1 + Math.Exp(x));
}

namespace TrainService.NeuralNet.Tests.Activations;

public sealed class MishTests : ElementwiseChecks
{
    protected override string Json => "mish";

    protected override double Formula(double x) => x * Math.Tanh(Math.Log(1 + Math.Exp(x)));
}

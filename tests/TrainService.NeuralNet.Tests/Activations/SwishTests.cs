namespace TrainService.NeuralNet.Tests.Activations;

public sealed class SwishTests : ElementwiseChecks
{
    protected override string Json => "swish";

    protected override double Formula(double x) => x / (1 + Math.Exp(-x));
}

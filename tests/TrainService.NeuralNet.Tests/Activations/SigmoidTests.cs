namespace TrainService.NeuralNet.Tests.Activations;

public sealed class SigmoidTests : ElementwiseChecks
{
    protected override string Json => "sigmoid";

    protected override double Formula(double x) => 1 / (1 + Math.Exp(-x));
}

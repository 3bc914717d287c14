namespace TrainService.NeuralNet.Tests.Activations;

public sealed class SoftsignTests : ElementwiseChecks
{
    protected override string Json => "softsign";

    protected override double Formula(double x) => x / (1 + Math.Abs(x));
}

namespace TrainService.NeuralNet.Tests.Activations;

public sealed class TanhTests : ElementwiseChecks
{
    protected override string Json => "tanh";

    protected override double Formula(double x) => Math.Tanh(x);
}

using MathNet.Numerics;

namespace TrainService.NeuralNet.Tests.Activations;

public sealed class GeluTests : ElementwiseChecks
{
    protected override string Json => "gelu";

    protected override double Formula(double x) => x * 0.5 * SpecialFunctions.Erfc(-x / Math.Sqrt(2));
}

public sealed class GeluApproximateTests : ElementwiseChecks
{
    protected override string Json => """{"type": "gelu", "approximate": true}""";

    protected override double Formula(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));
}

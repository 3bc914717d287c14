namespace TrainService.NeuralNet.Tests.Activations;

public sealed class LeakyReluTests : ElementwiseChecks
{
    protected override string Json => "leaky_relu";

    protected override IReadOnlyList<(float X, float Slope)> Kinks => [(0f, 0.2f)];

    protected override double Formula(double x) => x > 0 ? x : 0.2 * x;
}

public sealed class LeakyReluWithSlopeTests : ElementwiseChecks
{
    protected override string Json => """{"type": "leaky_relu", "alpha": 0.01}""";

    protected override IReadOnlyList<(float X, float Slope)> Kinks => [(0f, 0.01f)];

    protected override double Formula(double x) => x > 0 ? x : 0.01 * x;
}

namespace TrainService.NeuralNet.Tests.Activations;

public sealed class ReluTests : ElementwiseChecks
{
    protected override string Json => "relu";

    protected override IReadOnlyList<(float X, float Slope)> Kinks => [(0f, 0f)];

    protected override double Formula(double x) => Math.Max(x, 0);
}

public sealed class ReluWithArgumentsTests : ElementwiseChecks
{
    protected override string Json => """{"type": "relu", "negative_slope": 0.1, "max_value": 4, "threshold": 1}""";

    protected override IReadOnlyList<(float X, float Slope)> Kinks => [(1f, 0f), (4f, 1f)];

    protected override double Formula(double x) => x >= 4 ? 4 : x > 1 ? x : 0.1 * (x - 1);
}

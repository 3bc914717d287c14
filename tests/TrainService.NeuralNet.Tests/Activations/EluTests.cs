namespace TrainService.NeuralNet.Tests.Activations;

public sealed class EluTests : ElementwiseChecks
{
    protected override string Json => "elu";

    protected override IReadOnlyList<(float X, float Slope)> Kinks => [(0f, 1f)];

    protected override double Formula(double x) => x > 0 ? x : Math.Exp(x) - 1;
}

public sealed class EluWithAlphaTests : ElementwiseChecks
{
    protected override string Json => """{"type": "elu", "alpha": 0.5}""";

    protected override IReadOnlyList<(float X, float Slope)> Kinks => [(0f, 0.5f)];

    protected override double Formula(double x) => x > 0 ? x : 0.5 * (Math.Exp(x) - 1);
}

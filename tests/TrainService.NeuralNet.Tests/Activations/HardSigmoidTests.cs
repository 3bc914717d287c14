namespace TrainService.NeuralNet.Tests.Activations;

public sealed class HardSigmoidTests : ElementwiseChecks
{
    protected override string Json => "hard_sigmoid";

    protected override IReadOnlyList<(float X, float Slope)> Kinks => [(3f, 0f), (-3f, 0f)];

    protected override double Formula(double x) => Math.Clamp(x + 3, 0, 6) / 6;
}

/// <summary>Of Keras 2.</summary>
public sealed class OldHardSigmoidTests : ElementwiseChecks
{
    protected override string Json => """{"type": "hard_sigmoid", "width": 5}""";

    protected override IReadOnlyList<(float X, float Slope)> Kinks => [(2.5f, 0f), (-2.5f, 0f)];

    protected override double Formula(double x) => Math.Clamp((0.2 * x) + 0.5, 0, 1);
}

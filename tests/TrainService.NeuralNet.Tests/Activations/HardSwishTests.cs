namespace TrainService.NeuralNet.Tests.Activations;

public sealed class HardSwishTests : ElementwiseChecks
{
    protected override string Json => "hard_swish";

    protected override IReadOnlyList<(float X, float Slope)> Kinks => [(3f, 1f), (-3f, 0f)];

    protected override double Formula(double x) => x * Math.Clamp(x + 3, 0, 6) / 6;
}

namespace TrainService.NeuralNet.Tests.Activations;

public sealed class HardSigmoidTests : ElementwiseChecks
{
    protected override string Json => "hard_sigmoid";

    protected override IReadOnlyList<(float X, float Slope)> Kinks => [(3f, 0f), (-3f, 0f)];

    protected override double Formula(double x) => Math.Clamp(x + 3, 0, 6) / 6;
}

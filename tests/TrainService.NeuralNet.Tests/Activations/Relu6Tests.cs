namespace TrainService.NeuralNet.Tests.Activations;

public sealed class Relu6Tests : ElementwiseChecks
{
    protected override string Json => "relu6";

    protected override IReadOnlyList<(float X, float Slope)> Kinks => [(0f, 0f), (6f, 0f)];

    protected override double Formula(double x) => Math.Clamp(x, 0, 6);
}

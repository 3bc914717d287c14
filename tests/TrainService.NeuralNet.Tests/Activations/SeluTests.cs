namespace TrainService.NeuralNet.Tests.Activations;

public sealed class SeluTests : ElementwiseChecks
{
    protected override string Json => "selu";

    protected override IReadOnlyList<(float X, float Slope)> Kinks => [(0f, 1.7580993f)];

    protected override double Formula(double x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1));
}

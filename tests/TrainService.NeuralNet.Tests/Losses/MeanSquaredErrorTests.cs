namespace TrainService.NeuralNet.Tests.Losses;

public sealed class MeanSquaredErrorTests : LossChecks
{
    protected override string Json => "mse";

    protected override double Formula(double[] p, double[] t)
        => p.Zip(t, (a, b) => (a - b) * (a - b)).Average();
}

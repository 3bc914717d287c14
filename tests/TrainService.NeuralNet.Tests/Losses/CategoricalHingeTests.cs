namespace TrainService.NeuralNet.Tests.Losses;

public sealed class CategoricalHingeTests : LossChecks
{
    protected override string Json => "categorical_hinge";

    protected override double Formula(double[] p, double[] t)
    {
        double right = p.Zip(t, (a, b) => a * b).Sum(), wrong = p.Zip(t, (a, b) => (1 - b) * a).Max();
        return Math.Max(0, 1 + wrong - right);
    }

    protected override double[] Target(Random random, int length) => OneHot(random, length);
}

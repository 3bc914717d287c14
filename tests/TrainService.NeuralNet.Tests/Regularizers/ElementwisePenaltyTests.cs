using TrainService.NeuralNet.Regularizers;

namespace TrainService.NeuralNet.Tests.Regularizers;

public sealed class ElementwisePenaltyTests
{
    public static TheoryData<string, double, double> Names => new()
    {
        { "l1", 0.01, 0 },
        { "l2", 0, 0.01 },
        { "l1l2", 0, 0 },
        { """{"type": "l1", "l1": 0.3}""", 0.3, 0 },
        { """{"type": "l1_l2", "l1": 0.2, "l2": 0.7}""", 0.2, 0.7 },
        { """{"class_name": "L1L2", "config": {"l1": 0.2, "l2": 0.7}}""", 0.2, 0.7 },
    };

    // l1 Σ|w| + l2 Σw²; gradient l1 sign(w) + 2 l2 w, 0 at 0.
    [Theory]
    [MemberData(nameof(Names))]
    public void Is_the_sum_of_magnitudes_and_of_squares(string json, double l1, double l2)
    {
        Regularizer regularizer = Parts.Of<Regularizer>("regularizer", json);
        foreach (int length in (int[])[1, 15, 16, 17, 100])
        {
            float[] w = new float[length], gradient = new float[length];
            TestRows.Normal(1, length, 7).CopyRow(0, w);
            if (length > 3) w[2] = 0;
            Array.Fill(gradient, 1f);
            regularizer.Penalty(w).ShouldBe((l1 * w.Sum(v => Math.Abs((double)v))) + (l2 * w.Sum(v => (double)v * v)), 1e-12);
            regularizer.AddGradient(w, 0.5f, gradient);
            for (int i = 0; i < length; i++) ((double)gradient[i]).ShouldBe(1 + (0.5 * ((l1 * Math.Sign(w[i])) + (2 * l2 * w[i]))), 1e-6);
        }
    }
}

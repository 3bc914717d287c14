using System.Text.Json;

namespace TrainService.NeuralNet.Tests.Parity;

/// <summary>How far a result may be from Keras's: |got - expected| ≤ absolute + relative · |expected|, as the case itself says.</summary>
internal sealed record Tolerance(double Absolute, double Relative)
{
    /// <param name="result">A name of expected.npz.</param>
    public static Tolerance Of(ParityCase parity, string result)
    {
        JsonElement t = parity.Json.GetProperty("tolerance");
        double Of(string key) => t.GetProperty(key).GetDouble();
        return result.Split('/')[0] switch
        {
            "final" => new(Of("weights_atol"), Of("weights_rtol")),
            "pred_final" => new(5 * Of("weights_atol"), Of("weights_rtol")),
            "step1" => new(Of("step1_atol"), 1e-5),
            "grad1" => new(Of("grad1_atol"), Of("grad1_rtol")),
            "history" or "step_loss" => new(Of("history_atol"), Of("history_rtol")),
            "step_lr" => new(0, Of("step_lr_rtol")),
            "pred_init" => new(Of("pred_init_atol"), 1e-5),
            string other => throw new InvalidOperationException($"The case has no tolerance for '{other}'."),
        };
    }

    /// <summary>What is wrong with <paramref name="got"/>, or null.</summary>
    public string? Judge(string name, double[]? got, double[] expected)
    {
        if (got is null) return $"{name}: missing";
        if (got.Length != expected.Length) return $"{name}: {got.Length} numbers, expected {expected.Length}";
        int worst = -1;
        double excess = 0;
        for (int i = 0; i < got.Length; i++)
        {
            double beyond = Math.Abs(got[i] - expected[i]) - Absolute - (Relative * Math.Abs(expected[i]));
            if (beyond > excess || double.IsNaN(beyond)) (worst, excess) = (i, double.IsNaN(beyond) ? double.PositiveInfinity : beyond);
        }
        return worst < 0
            ? null
            : $"{name}[{worst}]: {got[worst]:G9}, Keras {expected[worst]:G9}, allowed {Absolute:G2} + {Relative:G2} |e|";
    }
}

using System.Text.Json;
using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using TrainService.NeuralNet.Initializers;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Tests.Initializers;

/// <summary>
/// Each initializer against what Keras 3.15.1 drew (init_stats.json, made with the torch backend) and against its distribution function.
/// Bounds are five standard errors: one seed in two million would miss.
/// </summary>
public class InitializerStatisticsTests
{
    private static readonly string Statistics = Path.Combine(AppContext.BaseDirectory, "Initializers", "init_stats.json");

    private static readonly JsonElement[] Measured =
        [.. JsonDocument.Parse(File.ReadAllText(Statistics)).RootElement.EnumerateArray().Where(e => e.TryGetProperty("init", out _))];

    public static TheoryData<string, int[]> Cases()
    {
        var data = new TheoryData<string, int[]>();
        foreach (JsonElement e in Measured) data.Add(e.GetProperty("init").GetString()!, Shape(e));
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Means_deviations_and_limits_are_Keras_s(string name, int[] shape)
    {
        JsonElement keras = Measured.Single(e => e.GetProperty("init").GetString() == name && Shape(e).SequenceEqual(shape));
        double[] values = Draw(name, shape);
        int n = values.Length;
        n.ShouldBe(keras.GetProperty("n").GetInt32());
        double mean = values.Average(), deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        double theirs = keras.GetProperty("std").GetDouble();

        // Both are samples: the difference of two means has √2 of one's standard error.
        mean.ShouldBe(keras.GetProperty("mean").GetDouble(), 5 * theirs * Math.Sqrt(2.0 / n) + 1e-12);
        deviation.ShouldBe(theirs, (5 * theirs * Math.Sqrt(2.0 / (2 * n))) + 1e-12);
        if (keras.GetProperty("theory_std") is { ValueKind: JsonValueKind.Number } std)
            deviation.ShouldBe(std.GetDouble(), (5 * std.GetDouble() / Math.Sqrt(2 * n)) + 1e-12);
        if (keras.GetProperty("theory_limit") is { ValueKind: JsonValueKind.Number } limit)
        {
            // Keras's torch backend lets four in a million truncated draws pass; ours none.
            double most = values.Max(Math.Abs);
            most.ShouldBeLessThanOrEqualTo(limit.GetDouble() * (1 + 1e-6));
            most.ShouldBeGreaterThan(limit.GetDouble() * (1 - (40.0 / n)));
        }
        Fans fans = Fans.Of(shape);
        fans.In.ShouldBe(keras.GetProperty("fan_in").GetDouble());
        fans.Out.ShouldBe(keras.GetProperty("fan_out").GetDouble());
    }

    [Theory]
    [InlineData("glorot_uniform", "uniform")]
    [InlineData("he_uniform", "uniform")]
    [InlineData("random_uniform", "uniform")]
    [InlineData("glorot_normal", "truncated")]
    [InlineData("he_normal", "truncated")]
    [InlineData("lecun_normal", "truncated")]
    [InlineData("truncated_normal", "truncated")]
    [InlineData("random_normal", "normal")]
    [InlineData("""{"type": "variance_scaling", "distribution": "untruncated_normal"}""", "normal")]
    public void Values_follow_their_distribution(string json, string law)
    {
        double[] values = Draw(json, [300, 200]);
        Array.Sort(values);
        double scale = Math.Sqrt(values.Average(v => v * v));
        double worst = 0;
        for (int i = 0; i < values.Length; i++)
            worst = Math.Max(worst, Math.Abs(((i + 0.5) / values.Length) - Probability(law, values[i] / scale)));
        // Kolmogorov and Smirnov: √n · D exceeds 2.3 once in 20000 times.
        (worst * Math.Sqrt(values.Length)).ShouldBeLessThan(2.3);
    }

    [Fact]
    public void Neighbours_are_uncorrelated()
    {
        double[] v = Draw("random_normal", [300, 200]);
        double product = 0, square = 0;
        for (int i = 1; i < v.Length; i++)
        {
            product += v[i] * v[i - 1];
            square += v[i] * v[i];
        }
        Math.Abs(product / square).ShouldBeLessThan(5 / Math.Sqrt(v.Length));
    }

    private static int[] Shape(JsonElement measured) => [.. measured.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32())];

    // Distribution functions of laws with variance 1.
    private static double Probability(string law, double z)
    {
        const double cut = 0.87962566103423978;
        double low = Normal.CDF(0, 1, -2);
        return law switch
        {
            "uniform" => Math.Clamp((z / Math.Sqrt(12)) + 0.5, 0, 1),
            "truncated" => Math.Clamp((Normal.CDF(0, 1, z * cut) - low) / (1 - (2 * low)), 0, 1),
            _ => 0.5 * SpecialFunctions.Erfc(-z / Constants.Sqrt2),
        };
    }

    private static double[] Draw(string json, int[] shape)
    {
        var values = new float[shape.Aggregate((a, b) => a * b)];
        Parts.Of<Initializer>("initializer", json).Fill(values, shape, new PhiloxStream(7, RandomPurpose.Initialization, 3));
        return [.. values.Select(v => (double)v)];
    }
}

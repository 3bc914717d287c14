using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Fills spans with random numbers.</summary>
internal static class Distributions
{
    public static void Uniform(Span<float> values, double low, double high, PhiloxStream random)
    {
        foreach (ref float v in values) v = (float)(low + ((high - low) * random.NextSingle()));
    }

    public static void Normal(Span<float> values, double mean, double deviation, PhiloxStream random)
    {
        var normals = new Normals(random);
        foreach (ref float v in values) v = (float)(mean + (deviation * normals.Next()));
    }

    /// <summary>Normal, cut at two <paramref name="deviation"/>s; what remains has 0.8796 of it.</summary>
    public static void TruncatedNormal(Span<float> values, double mean, double deviation, PhiloxStream random)
    {
        var normals = new Normals(random);
        foreach (ref float v in values) v = (float)(mean + (deviation * normals.NextTruncated()));
    }
}

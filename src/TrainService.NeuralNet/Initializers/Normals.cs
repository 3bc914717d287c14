using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Initializers;

/// <summary>
/// Standard normal numbers in pairs (Box and Muller 1958): twice as many for the same logarithm and root as one at a time.
/// </summary>
internal ref struct Normals(PhiloxStream random)
{
    private PhiloxStream _random = random;
    private double _second = double.NaN;

    public double Next()
    {
        if (!double.IsNaN(_second))
        {
            double second = _second;
            _second = double.NaN;
            return second;
        }
        double radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()));
        (double sine, double cosine) = Math.SinCos(2 * Math.PI * _random.NextDouble());
        _second = radius * sine;
        return radius * cosine;
    }

    /// <summary>The next one within ±2: those beyond are drawn again.</summary>
    public double NextTruncated()
    {
        double z;
        do z = Next();
        while (Math.Abs(z) > 2);
        return z;
    }
}

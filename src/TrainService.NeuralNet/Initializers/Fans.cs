namespace TrainService.NeuralNet.Initializers;

/// <summary>
/// How many inputs and outputs a weight tensor joins, as Keras counts: the last two axes are in and out, all axes before them the receptive
/// field, which counts for both. A vector's length is both.
/// </summary>
/// <param name="In">fan_in, at least 1.</param>
/// <param name="Out">fan_out, at least 1.</param>
public readonly record struct Fans(double In, double Out)
{
    public double Average => (In + Out) / 2;

    public static Fans Of(ReadOnlySpan<int> shape)
    {
        if (shape.Length == 0) return new(1, 1);
        if (shape.Length == 1) return new(shape[0], shape[0]);
        double field = 1;
        foreach (int n in shape[..^2]) field *= n;
        return new(Math.Max(1, field * shape[^2]), Math.Max(1, field * shape[^1]));
    }
}

using TrainService.Tensors.Randomness;

namespace TrainService.Data.Synthetic;

/// <summary>The small built-in sets: something to learn that needs no file.</summary>
internal static class SyntheticSets
{
    public static IReadOnlyList<SyntheticSet> All { get; } =
    [
        new("blobs", 1, "Three round clouds in the plane around (-4, -2), (0, 4) and (4, -2), standard deviation 1.2: a linear model does nearly as well as any.",
            2, ["left", "top", "right"], Blobs),
        new("moons", 2, "Two interleaved half circles of radius 1 with noise of 0.1: needs a bent border.", 2, ["upper", "lower"], Moons),
        new("spirals", 3, "Three spiral arms of one and a quarter turns with noise of 0.02: hard for small networks.", 2,
            ["first", "second", "third"], Spirals),
        new("sine", 4, "y = sin(x) + noise of 0.1, x uniform from -π to π: a regression of one number on one number.", 1, null, Sine),
    ];

    private static float Blobs(int row, Span<float> x, ref PhiloxStream random)
    {
        int label = row % 3;
        (double cx, double cy) = label switch { 0 => (-4.0, -2.0), 1 => (0.0, 4.0), _ => (4.0, -2.0) };
        x[0] = (float)(cx + (1.2 * random.NextNormal()));
        x[1] = (float)(cy + (1.2 * random.NextNormal()));
        return label;
    }

    private static float Moons(int row, Span<float> x, ref PhiloxStream random)
    {
        int label = row % 2;
        double angle = Math.PI * random.NextDouble();
        (double px, double py) = label == 0 ? (Math.Cos(angle), Math.Sin(angle)) : (1 - Math.Cos(angle), 0.5 - Math.Sin(angle));
        x[0] = (float)(px + (0.1 * random.NextNormal()));
        x[1] = (float)(py + (0.1 * random.NextNormal()));
        return label;
    }

    private static float Spirals(int row, Span<float> x, ref PhiloxStream random)
    {
        int label = row % 3;
        double along = 0.08 + (0.92 * random.NextDouble()), angle = (2 * Math.PI * label / 3) + (2.5 * Math.PI * along);
        x[0] = (float)((along * Math.Cos(angle)) + (0.02 * random.NextNormal()));
        x[1] = (float)((along * Math.Sin(angle)) + (0.02 * random.NextNormal()));
        return label;
    }

    private static float Sine(int row, Span<float> x, ref PhiloxStream random)
    {
        double at = Math.PI * ((2 * random.NextDouble()) - 1);
        x[0] = (float)at;
        return (float)(Math.Sin(at) + (0.1 * random.NextNormal()));
    }
}

using TrainService.Data.Descriptions;
using TrainService.Data.Storage;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.Data.Preprocessing;

/// <summary>y = (x - mean) / (standard deviation + 1e-6) for each channel of a picture, both over all pixels of the training rows.</summary>
public sealed class Featurewise : Preprocessor
{
    /// <summary>Keras's, against constant channels.</summary>
    private const double Epsilon = 1e-6;

    private readonly bool _center, _scale;

    /// <exception cref="ArgumentException">Neither is asked for.</exception>
    public Featurewise(bool center, bool scale)
    {
        if (!center && !scale) throw new ArgumentException("One of center and scale must be true.");
        (_center, _scale) = (center, scale);
    }

    public static ComponentDescriptor Descriptor { get; } = new ComponentDescriptor<Preprocessor>("featurewise", a => new Featurewise(a.Flag("center"), a.Flag("scale")))
    {
        Summary = "y = (x - mean) / (standard deviation + 1e-6) for each channel, both over all pixels of the training rows.",
        Advice = "For pictures that a network learns from the beginning. A pretrained one wants what it was trained with: imagenet.",
        Source = "Keras, ImageDataGenerator: featurewise_center, featurewise_std_normalization",
        Arguments = [Arg.Flag("center", "The channel's mean is taken off.", true), Arg.Flag("scale", "The channel is divided by its standard deviation.", true)],
    };

    public override string Name => "featurewise";

    public override string? Problem(IReadOnlyList<int> shape)
        => shape.Count is 2 or 3 ? null : $"featurewise needs pictures, not inputs of shape [{string.Join(", ", shape)}].";

    public override FittedStep Fit(RowSource training, IReadOnlyList<int> shape, ReadOnlySpan<bool> numeric)
    {
        if (StatisticsPass.Of(training) is not { } found) throw new InvalidOperationException("There are no rows to fit on.");
        int channels = shape.Count == 3 ? shape[2] : 1, pixels = found.Each.Length / channels;
        float[] subtract = new float[channels], multiply = new float[channels];
        for (int c = 0; c < channels; c++)
        {
            double mean = 0, square = 0;
            for (int i = c; i < found.Each.Length; i += channels)
            {
                ValueStatistics each = found.Each[i];
                mean += each.Mean / pixels;
                square += ((each.Mean * each.Mean) + (each.StandardDeviation * each.StandardDeviation)) / pixels;
            }

            subtract[c] = _center ? (float)mean : 0;
            multiply[c] = _scale ? (float)(1 / (Math.Sqrt(Math.Max(0, square - (mean * mean))) + Epsilon)) : 1;
        }

        return new(Name, subtract, multiply, [0]) { Channels = channels };
    }
}

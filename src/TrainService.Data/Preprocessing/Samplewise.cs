using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.Data.Preprocessing;

/// <summary>y = (x - mean) / (standard deviation + 1e-6), both of the row itself; nothing is learned from other rows.</summary>
public sealed class Samplewise : Preprocessor
{
    private readonly bool _center, _scale;

    /// <exception cref="ArgumentException">Neither is asked for.</exception>
    public Samplewise(bool center, bool scale)
    {
        if (!center && !scale) throw new ArgumentException("One of center and scale must be true.");
        (_center, _scale) = (center, scale);
    }

    public static ComponentDescriptor Descriptor { get; } = new ComponentDescriptor<Preprocessor>("samplewise", a => new Samplewise(a.Flag("center"), a.Flag("scale")))
    {
        Summary = "y = (x - mean) / (standard deviation + 1e-6), both over the numbers of the row itself.",
        Advice = "For pictures whose brightness and contrast tell nothing, such as photographs in any light. Not where the level itself matters.",
        Source = "Keras, ImageDataGenerator: samplewise_center, samplewise_std_normalization",
        Arguments = [Arg.Flag("center", "The row's mean is taken off.", true), Arg.Flag("scale", "The row is divided by its standard deviation.", true)],
    };

    public override string Name => "samplewise";

    public override bool LearnsFromRows => false;

    public override FittedStep Fit(RowSource training, IReadOnlyList<int> shape, ReadOnlySpan<bool> numeric)
        => new(Name, [0], [1], [0]) { CentersRow = _center, ScalesRow = _scale };
}

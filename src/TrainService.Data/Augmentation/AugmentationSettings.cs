using TrainService.Specification;

namespace TrainService.Data.Augmentation;

/// <summary>A job's <c>dataset.augment</c>: random changes to each picture that is trained on. Angles in degrees; pixel values as they are stored (0 to 255 for bytes).</summary>
public sealed record AugmentationSettings
{
    /// <summary>Turned by an angle in [-r, r).</summary>
    public double Rotation { get; init; }

    public ShiftRange? WidthShift { get; init; }

    public ShiftRange? HeightShift { get; init; }

    /// <summary>Sheared by an angle in [-s, s).</summary>
    public double Shear { get; init; }

    /// <summary>Both axes are divided by factors of this range, each by its own: below 1 the picture grows.</summary>
    public (double Low, double High) Zoom { get; init; } = (1, 1);

    /// <summary>All channels get the same number of [-c, c) added, cut off at the picture's own least and largest value.</summary>
    public double ChannelShift { get; init; }

    public (double Low, double High)? Brightness { get; init; }

    public bool HorizontalFlip { get; init; }

    public bool VerticalFlip { get; init; }

    public FillMode Fill { get; init; }

    /// <summary>For <see cref="FillMode.Constant"/>.</summary>
    public double FillValue { get; init; }

    public CutoutSettings? Cutout { get; init; }

    /// <summary>Zhang et al. 2017: shares of two pictures are drawn from Beta(α, α). Null: no mixing.</summary>
    public double? MixupAlpha { get; init; }

    /// <summary>Pictures are moved, turned, sheared or zoomed, so that they must be interpolated.</summary>
    public bool Warps => Rotation > 0 || Shear > 0 || WidthShift is not null || HeightShift is not null || Zoom != (1, 1);

    /// <summary>Nothing is asked for.</summary>
    public bool IsNone => !Warps && !HorizontalFlip && !VerticalFlip && ChannelShift == 0 && Brightness is null && Cutout is null && MixupAlpha is null;

    /// <summary>What may stand in <c>augment</c>.</summary>
    public static IReadOnlyList<ArgumentSpec> Arguments { get; } =
    [
        Arg.Number("rotation_range", "Turned by an angle up to so many degrees either way.", 0, min: 0, max: 360),
        Shift("width_shift_range", "width"),
        Shift("height_shift_range", "height"),
        Arg.Number("shear_range", "Sheared by an angle up to so many degrees either way.", 0, min: 0, max: 89),
        new("zoom_range", ArgumentKind.Json, "A number z: both axes scaled by factors of [1 - z, 1 + z], each by its own; or a list [lowest, highest]. Below 1 the picture grows.") { Nullable = true },
        Arg.Number("channel_shift_range", "The same number, up to this either way, is added to all channels; in stored values, so 0 to 255 for pictures of bytes.", 0, min: 0),
        new("brightness_range", ArgumentKind.Numbers, "Two factors: every value is multiplied by one between them.") { Minimum = 0, Count = (2, 2), Nullable = true },
        Arg.Choice("fill_mode", "What stands beyond the edges.", "nearest", "nearest", "constant", "reflect", "wrap"),
        Arg.Number("cval", "Value beyond the edges for fill_mode constant; in stored values.", 0),
        Arg.Flag("horizontal_flip", "Half of the pictures are mirrored left to right.", false),
        Arg.Flag("vertical_flip", "Half of the pictures are mirrored top to bottom.", false),
        Arg.Object("cutout", "Squares at random places are blanked (DeVries and Taylor 2017, arXiv:1708.04552).", CutoutSettings.Arguments, optional: true),
        Arg.Object("mixup", "Each picture and its target are blended with another's (Zhang et al. 2017, arXiv:1710.09412). Class numbers become rows of shares: "
            + "sparse_categorical_crossentropy is resolved to one_hot and categorical_crossentropy.",
            [Arg.Number("alpha", "Shares come from Beta(alpha, alpha): small values mix little.", 0.2, min: 0, max: 100, minExclusive: true)], optional: true),
        Arg.Number("rescale", "Keras's factor on stored values, for all rows, in place of what the dataset does by itself: bytes are multiplied by 1/255 anyway. Goes before preprocess.", nullable: true),
        Arg.Flag("samplewise_center", "Each picture's own mean is taken off, for all rows; goes before preprocess.", false),
        Arg.Flag("samplewise_std_normalization", "Each picture is divided by its own standard deviation, for all rows; goes before preprocess.", false),
        Arg.Flag("featurewise_center", "The mean of each channel over the training rows is taken off, for all rows; goes before preprocess.", false),
        Arg.Flag("featurewise_std_normalization", "Each channel is divided by its standard deviation over the training rows, for all rows; goes before preprocess.", false),
    ];

    private static ArgumentSpec Shift(string name, string axis) => new(name, ArgumentKind.Json,
        $"Moved by a share of the {axis} up to this either way (below 1), or by pixels: a whole number n for 0 to n - 1, one with a fraction for any up to it, a list for one of it.")
    { Nullable = true };
}

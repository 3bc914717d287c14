using TrainService.Tensors.Randomness;

namespace TrainService.Data.Augmentation;

/// <summary>
/// What is done to one picture: a function of seed, epoch and row alone. Every number is drawn whether it is needed or not, so that one argument
/// more does not change what the others draw.
/// </summary>
/// <param name="Theta">Radians.</param>
/// <param name="Tx">Pixels along a line, by which the place that is read lies further to the right.</param>
/// <param name="Ty">Pixels from line to line.</param>
/// <param name="Shear">Radians.</param>
/// <param name="Zx">Factor along a line.</param>
/// <param name="Zy">Factor from line to line.</param>
/// <param name="ChannelShift">In stored values.</param>
/// <param name="Brightness">A factor; 1 changes nothing.</param>
public readonly record struct PictureDraw(double Theta, double Tx, double Ty, double Shear, double Zx, double Zy, bool FlipHorizontal, bool FlipVertical,
    double ChannelShift, double Brightness)
{
    public static PictureDraw Of(AugmentationSettings settings, ulong seed, int epoch, int row, int height, int width)
    {
        var random = new PhiloxStream(seed, RandomPurpose.Augmentation, (uint)row, (uint)epoch);
        double theta = Either(ref random, settings.Rotation) * (Math.PI / 180);
        double ty = Shift(ref random, settings.HeightShift, height), tx = Shift(ref random, settings.WidthShift, width);
        double shear = Either(ref random, settings.Shear) * (Math.PI / 180);
        double zx = Between(ref random, settings.Zoom), zy = Between(ref random, settings.Zoom);
        bool horizontal = random.NextDouble() < 0.5 & settings.HorizontalFlip, vertical = random.NextDouble() < 0.5 & settings.VerticalFlip;
        double channel = Either(ref random, settings.ChannelShift), brightness = Between(ref random, settings.Brightness ?? (1, 1));
        return new PictureDraw(theta, tx, ty, shear, zx, zy, horizontal, vertical, channel, brightness);
    }

    /// <summary>The picture keeps its place, size and shape, flips aside.</summary>
    public bool IsStraight => Theta == 0 && Tx == 0 && Ty == 0 && Shear == 0 && Zx == 1 && Zy == 1;

    private static double Either(ref PhiloxStream random, double limit) => ((2 * random.NextDouble()) - 1) * limit;

    private static double Between(ref PhiloxStream random, (double Low, double High) range) => range.Low + ((range.High - range.Low) * random.NextDouble());

    private static double Shift(ref PhiloxStream random, ShiftRange? range, int length)
    {
        if (range is not null) return range.Draw(ref random, length);
        _ = random.NextDouble();
        _ = random.NextDouble();
        return 0;
    }
}

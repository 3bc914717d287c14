using System.Numerics.Tensors;
using TrainService.Tensors.Randomness;

namespace TrainService.Data.Augmentation;

/// <summary>Carries out what was drawn for a picture, in Keras's order: warped, channels shifted, mirrored, brightened; then cutout.</summary>
/// <param name="scale">What stored values were multiplied by when they were drawn.</param>
/// <param name="bytes">Stored values lie between 0 and 255; otherwise brightness is counted from the picture's own least value, and cut off at its largest.</param>
public sealed class PictureChange(AugmentationSettings settings, int height, int width, int channels, float scale, bool bytes)
{
    /// <summary>The upper half of a stream's step tells what it is for; pictures themselves have 0.</summary>
    private const ulong CutoutStream = 1UL << 32;

    /// <summary>A picture's variant.</summary>
    /// <param name="source">As it is drawn from the dataset.</param>
    /// <param name="target">Other memory than the source.</param>
    public void Apply(ulong seed, int epoch, int row, ReadOnlySpan<float> source, Span<float> target)
    {
        var draw = PictureDraw.Of(settings, seed, epoch, row, height, width);
        if (draw.IsStraight) Mirror(source, draw, target);
        else Warp.Apply(source, height, width, channels, AffineMap.Of(draw, height, width), settings.Fill, (float)settings.FillValue * scale, target);
        if (settings.ChannelShift > 0) ShiftChannels(target, (float)draw.ChannelShift * scale);
        if (settings.Brightness is not null) Brighten(target, (float)draw.Brightness);
        if (settings.Cutout is { } cutout) CutOut(target, cutout, new PhiloxStream(seed, RandomPurpose.Augmentation, (uint)row, CutoutStream | (uint)epoch));
    }

    private void Mirror(ReadOnlySpan<float> source, in PictureDraw draw, Span<float> target)
    {
        int stride = width * channels;
        if (!draw.FlipHorizontal && !draw.FlipVertical)
        {
            source.CopyTo(target);
            return;
        }

        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> from = source.Slice((draw.FlipVertical ? height - 1 - y : y) * stride, stride);
            Span<float> to = target.Slice(y * stride, stride);
            if (!draw.FlipHorizontal)
            {
                from.CopyTo(to);
                continue;
            }

            for (int x = 0; x < width; x++)
                for (int c = 0; c < channels; c++)
                    to[(x * channels) + c] = from[((width - 1 - x) * channels) + c];
        }
    }

    private static void ShiftChannels(Span<float> picture, float by)
    {
        float least = TensorPrimitives.Min<float>(picture), most = TensorPrimitives.Max<float>(picture);
        TensorPrimitives.Add(picture, by, picture);
        TensorPrimitives.Max(picture, least, picture);
        TensorPrimitives.Min(picture, most, picture);
    }

    private void Brighten(Span<float> picture, float factor)
    {
        float least = bytes ? 0 : TensorPrimitives.Min<float>(picture), most = bytes ? 255 * scale : TensorPrimitives.Max<float>(picture);
        // least + (x - least) · factor.
        TensorPrimitives.Multiply(picture, factor, picture);
        TensorPrimitives.Add(picture, least * (1 - factor), picture);
        TensorPrimitives.Max(picture, least, picture);
        TensorPrimitives.Min(picture, most, picture);
    }

    private void CutOut(Span<float> picture, CutoutSettings cutout, PhiloxStream random)
    {
        int side = Math.Max(1, (int)Math.Round(cutout.Size < 1 ? cutout.Size * Math.Min(height, width) : cutout.Size));
        for (int i = 0; i < cutout.Count; i++)
        {
            int top = random.NextBelow(height) - (side / 2), left = random.NextBelow(width) - (side / 2);
            int from = Math.Max(0, left), to = Math.Min(width, left + side);
            for (int y = Math.Max(0, top); y < Math.Min(height, top + side); y++)
                picture.Slice(((y * width) + from) * channels, (to - from) * channels).Fill((float)cutout.Fill * scale);
        }
    }
}

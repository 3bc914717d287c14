using System.Numerics.Tensors;

namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>Where the results for the positions of a grid go: every stepY-th row and stepX-th pixel of an image, from (firstY, firstX) on.</summary>
public sealed unsafe class PixelTarget(ImageLayout image, int firstY, int firstX, int stepY, int stepX, int gridHeight, int gridWidth)
{
    /// <summary>Positions follow each other evenly and pixels are whole panels: the product may write there itself.</summary>
    public bool IsDirect { get; } = firstY == 0 && firstX == 0 && stepY == 1 && stepX == 1 && gridHeight == image.Height && gridWidth == image.Width
        && image.IsEven && image.HasWholePanels;

    public ImageLayout Image => image;

    /// <summary>Spreads rows of results, <paramref name="stride"/> apart, over the pixels of positions from <paramref name="position"/> on.</summary>
    /// <param name="bias">Added when not null.</param>
    /// <param name="last">These are the last channels of their pixels: what pads the pixel is set to 0.</param>
    public void Scatter(float* rows, nint stride, long position, int count, float* images, float* bias, bool accumulate, int last)
    {
        int positions = gridHeight * gridWidth;
        for (int i = 0; i < count; i++, position++)
        {
            int within = (int)(position % positions), y = within / gridWidth, x = within % gridWidth;
            float* pixel = images + position / positions * image.SampleStride
                + ((nint)(firstY + y * stepY) * image.Width + firstX + x * stepX) * image.PixelStride;
            Span<float> source = new(rows + i * stride, image.Channels), target = new(pixel, image.Channels);
            if (bias != null) TensorPrimitives.Add(source, new ReadOnlySpan<float>(bias, image.Channels), source);
            if (accumulate) TensorPrimitives.Add(target, source, target);
            else source.CopyTo(target);
            if (last > 0 && !accumulate) new Span<float>(pixel + image.Channels, last).Clear();
        }
    }
}

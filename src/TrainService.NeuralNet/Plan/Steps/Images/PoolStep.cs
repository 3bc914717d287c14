using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>
/// What the steps of a pooling have in common: whole samples, and in them window by window in the order of the output, 16 channels at a time.
/// Both images have a channel stride of whole vectors.
/// </summary>
internal abstract unsafe class PoolStep(PoolGeometry geometry, int stride) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    /// <summary>Floats from a pixel to the next, of the image and of the pooled one.</summary>
    protected int Stride => stride;

    protected PoolGeometry Geometry => geometry;

    /// <summary>The windows of one sample, in order.</summary>
    protected void Visit(float* image, float* other, float* pooled, float* gradient)
    {
        for (int y = 0; y < geometry.OutHeight; y++)
        {
            (int top, int bottom) = geometry.Rows(y);
            for (int x = 0; x < geometry.OutWidth; x++)
            {
                (int left, int right) = geometry.Columns(x);
                long at = (((long)y * geometry.OutWidth) + x) * stride, first = (((long)top * geometry.InWidth) + left) * stride;
                Window(image + first, other == null ? null : other + first, pooled + at, gradient == null ? null : gradient + at, bottom - top, right - left);
            }
        }
    }

    /// <param name="image">The window's first cell.</param>
    /// <param name="other">The same cell of the image's gradient; null in the forward pass.</param>
    /// <param name="pooled">The window's output.</param>
    /// <param name="gradient">The gradient of the output; null in the forward pass.</param>
    protected abstract void Window(float* image, float* other, float* pooled, float* gradient, int height, int width);

    protected static void ClearUnless(bool accumulate, PlanBuffer buffer, int row)
    {
        if (!accumulate) new Span<float>(buffer.Row(row), buffer.Stride).Clear();
    }

    /// <summary>A 16-channel group at a time.</summary>
    protected const int Group = Padding.Width;
}

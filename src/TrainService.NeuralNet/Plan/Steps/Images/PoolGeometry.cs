using TrainService.Tensors;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>Which cells of an image each cell of a pooled one is made of. Every window holds at least one real cell.</summary>
internal sealed record PoolGeometry(int InHeight, int InWidth, int OutHeight, int OutWidth, (int Height, int Width) Pool, (int Y, int X) Strides, int Top, int Left)
{
    /// <summary>Every cell of the image lies in one window.</summary>
    public bool IsTiling => Strides == (Pool.Height, Pool.Width) && InHeight == OutHeight * Pool.Height && InWidth == OutWidth * Pool.Width;

    /// <summary>SAME as Keras: out = ⌈n/s⌉, of the padding one half before and the larger one after; VALID: whole windows only.</summary>
    /// <returns>Null when not even one window fits.</returns>
    public static PoolGeometry? Of(Shape input, (int Height, int Width) pool, (int Y, int X) strides, bool same)
    {
        (int height, int top) = Axis(input[0], pool.Height, strides.Y, same);
        (int width, int left) = Axis(input[1], pool.Width, strides.X, same);
        return height < 1 || width < 1 ? null : new PoolGeometry(input[0], input[1], height, width, pool, strides, top, left);
    }

    public (int Start, int End) Rows(int y) => (Math.Max(0, (y * Strides.Y) - Top), Math.Min(InHeight, (y * Strides.Y) - Top + Pool.Height));

    public (int Start, int End) Columns(int x) => (Math.Max(0, (x * Strides.X) - Left), Math.Min(InWidth, (x * Strides.X) - Left + Pool.Width));

    private static (int Out, int Before) Axis(int n, int pool, int stride, bool same)
    {
        if (!same) return (n < pool ? 0 : ((n - pool) / stride) + 1, 0);
        int count = (n + stride - 1) / stride;
        return (count, Math.Max(0, ((count - 1) * stride) + pool - n) / 2);
    }
}

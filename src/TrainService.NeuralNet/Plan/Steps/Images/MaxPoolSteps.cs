using System.Runtime.Intrinsics;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>Each output is the largest of its window, within limits; NaN if there is one in it.</summary>
internal sealed unsafe class MaxPoolStep(PoolGeometry geometry, int stride, PoolLimits limits, PlanBuffer x, PlanBuffer y) : PoolStep(geometry, stride)
{
    public override IReadOnlyList<Touch> Reads { get; } = [new(x, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.RowsOnly)];

    public override double Cost => (double)y.Length * Geometry.Pool.Height * Geometry.Pool.Width * 0.25;

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++) Visit(x.Row(r), null, y.Row(r), null);
    }

    public override string ToString() => limits.IsNone ? "max pool" : "limited max pool";

    protected override void Window(float* image, float* other, float* pooled, float* gradient, int height, int width)
    {
        long line = (long)Geometry.InWidth * Stride;
        Vector512<float> low = Vector512.Create(limits.Low), high = Vector512.Create(limits.High);
        for (int c = 0; c < Stride; c += Group)
        {
            Vector512<float> most = Vector512.Load(image + c);
            for (int i = 0; i < height; i++)
            {
                float* cell = image + (i * line) + c;
                for (int j = 0; j < width; j++, cell += Stride) most = Vector512.Max(most, Vector512.Load(cell));
            }

            // NaN fails both comparisons and passes.
            most = Vector512.ConditionalSelect(Vector512.LessThan(most, low), low, most);
            Vector512.ConditionalSelect(Vector512.GreaterThan(most, high), high, most).Store(pooled + c);
        }
    }
}

/// <summary>The first cell of a window that holds the maximum gets the output's gradient, as in Keras; none does where the output is held at a limit.</summary>
internal sealed unsafe class MaxPoolGradientStep(PoolGeometry geometry, int stride, PoolLimits limits, PlanBuffer x, PlanBuffer y, PlanBuffer dy, PlanBuffer dx, bool accumulate)
    : PoolStep(geometry, stride)
{
    /// <summary>Every cell lies in one window: what is written there needn't be added to anything.</summary>
    private readonly bool _tiles = !accumulate && geometry.IsTiling;

    public override IReadOnlyList<Touch> Reads { get; } = accumulate
        ? [new(x, Access.RowsOnly), new(y, Access.RowsOnly), new(dy, Access.RowsOnly), new(dx, Access.RowsOnly)]
        : [new(x, Access.RowsOnly), new(y, Access.RowsOnly), new(dy, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(dx, Access.RowsOnly)];

    public override double Cost => (double)y.Length * Geometry.Pool.Height * Geometry.Pool.Width * 0.5;

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            ClearUnless(accumulate || _tiles, dx, r);
            Visit(x.Row(r), dx.Row(r), y.Row(r), dy.Row(r));
        }
    }

    public override string ToString() => limits.IsNone ? "max pool'" : "limited max pool'";

    protected override void Window(float* image, float* other, float* pooled, float* gradient, int height, int width)
    {
        long line = (long)Geometry.InWidth * Stride;
        Vector512<float> low = Vector512.Create(limits.Low), high = Vector512.Create(limits.High);
        for (int c = 0; c < Stride; c += Group)
        {
            Vector512<float> most = Vector512.Load(pooled + c), left = Vector512.Load(gradient + c);
            if (!limits.IsNone) left &= Vector512.LessThan(low, most) & Vector512.LessThan(most, high);
            for (int i = 0; i < height; i++)
            {
                long at = (i * line) + c;
                for (int j = 0; j < width; j++, at += Stride)
                {
                    Vector512<float> here = Vector512.Equals(Vector512.Load(image + at), most);
                    (_tiles ? left & here : Vector512.Load(other + at) + (left & here)).Store(other + at);
                    // What has been given to a cell is gone for the cells after it.
                    left = Vector512.AndNot(left, here);
                }
            }
        }
    }
}

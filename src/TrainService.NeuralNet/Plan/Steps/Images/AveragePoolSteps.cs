using System.Runtime.Intrinsics;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>Each output is the mean of the real cells of its window: padding does not count.</summary>
internal sealed unsafe class AveragePoolStep(PoolGeometry geometry, int stride, PlanBuffer x, PlanBuffer y) : PoolStep(geometry, stride)
{
    public override IReadOnlyList<Touch> Reads { get; } = [new(x, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.RowsOnly)];

    public override double Cost => (double)y.Length * Geometry.Pool.Height * Geometry.Pool.Width * 0.25;

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++) Visit(x.Row(r), null, y.Row(r), null);
    }

    public override string ToString() => "average pool";

    protected override void Window(float* image, float* other, float* pooled, float* gradient, int height, int width)
    {
        long line = (long)Geometry.InWidth * Stride;
        Vector512<float> cells = Vector512.Create((float)(height * width));
        for (int c = 0; c < Stride; c += Group)
        {
            Vector512<float> sum = default;
            for (int i = 0; i < height; i++)
            {
                float* cell = image + (i * line) + c;
                for (int j = 0; j < width; j++, cell += Stride) sum += Vector512.Load(cell);
            }

            (sum / cells).Store(pooled + c);
        }
    }
}

/// <summary>The real cells of a window share the output's gradient equally.</summary>
internal sealed unsafe class AveragePoolGradientStep(PoolGeometry geometry, int stride, PlanBuffer dy, PlanBuffer dx, bool accumulate) : PoolStep(geometry, stride)
{
    public override IReadOnlyList<Touch> Reads { get; } = accumulate ? [new(dy, Access.RowsOnly), new(dx, Access.RowsOnly)] : [new(dy, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(dx, Access.RowsOnly)];

    public override double Cost => (double)dy.Length * Geometry.Pool.Height * Geometry.Pool.Width * 0.5;

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            ClearUnless(accumulate, dx, r);
            Visit(dx.Row(r), null, dy.Row(r), null);
        }
    }

    public override string ToString() => "average pool'";

    protected override void Window(float* image, float* other, float* pooled, float* gradient, int height, int width)
    {
        long line = (long)Geometry.InWidth * Stride;
        Vector512<float> cells = Vector512.Create((float)(height * width));
        for (int c = 0; c < Stride; c += Group)
        {
            Vector512<float> share = Vector512.Load(pooled + c) / cells;
            for (int i = 0; i < height; i++)
            {
                float* cell = image + (i * line) + c;
                for (int j = 0; j < width; j++, cell += Stride) (Vector512.Load(cell) + share).Store(cell);
            }
        }
    }
}

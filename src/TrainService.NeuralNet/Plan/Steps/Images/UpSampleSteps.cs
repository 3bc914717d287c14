using System.Runtime.Intrinsics;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>Each pixel of the enlarged image is a mixture of up to four of the original.</summary>
internal sealed unsafe class UpSampleStep(PlanBuffer x, PlanBuffer y, Taps lines, Taps columns, int width, int stride) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = [new(x, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.RowsOnly)];

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            float* target = y.Row(r);
            for (int i = 0; i < lines.Count; i++)
            {
                float* upper = x.Row(r) + ((long)lines.First[i] * width * stride), lower = x.Row(r) + ((long)lines.Second[i] * width * stride);
                Vector512<float> down = Vector512.Create(lines.Weight[i]), up = Vector512<float>.One - down;
                for (int j = 0; j < columns.Count; j++, target += stride)
                {
                    int first = columns.First[j] * stride, second = columns.Second[j] * stride;
                    Vector512<float> right = Vector512.Create(columns.Weight[j]), left = Vector512<float>.One - right;
                    for (int c = 0; c < stride; c += Padding.Width)
                    {
                        Vector512<float> above = (Vector512.Load(upper + first + c) * left) + (Vector512.Load(upper + second + c) * right);
                        Vector512<float> below = (Vector512.Load(lower + first + c) * left) + (Vector512.Load(lower + second + c) * right);
                        ((above * up) + (below * down)).Store(target + c);
                    }
                }
            }
        }
    }

    public override string ToString() => "up sample";
}

/// <summary>Each pixel hands its gradient back to those that it was mixed of, by their weights.</summary>
internal sealed unsafe class UpSampleGradientStep(PlanBuffer dy, PlanBuffer dx, Taps lines, Taps columns, int width, int stride, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = accumulate ? [new(dy, Access.RowsOnly), new(dx, Access.RowsOnly)] : [new(dy, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(dx, Access.RowsOnly)];

    public override double Cost => dy.Length;

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            if (!accumulate) new Span<float>(dx.Row(r), dx.Stride).Clear();
            float* source = dy.Row(r);
            for (int i = 0; i < lines.Count; i++)
            {
                float* upper = dx.Row(r) + ((long)lines.First[i] * width * stride), lower = dx.Row(r) + ((long)lines.Second[i] * width * stride);
                float down = lines.Weight[i];
                for (int j = 0; j < columns.Count; j++, source += stride)
                {
                    int first = columns.First[j] * stride, second = columns.Second[j] * stride;
                    float right = columns.Weight[j];
                    Give(source, upper + first, (1 - down) * (1 - right));
                    if (right != 0) Give(source, upper + second, (1 - down) * right);
                    if (down == 0) continue;
                    Give(source, lower + first, down * (1 - right));
                    if (right != 0) Give(source, lower + second, down * right);
                }
            }
        }
    }

    public override string ToString() => "up sample'";

    private void Give(float* gradient, float* target, float weight)
    {
        Vector512<float> w = Vector512.Create(weight);
        for (int c = 0; c < stride; c += Padding.Width) (Vector512.Load(target + c) + (Vector512.Load(gradient + c) * w)).Store(target + c);
    }
}

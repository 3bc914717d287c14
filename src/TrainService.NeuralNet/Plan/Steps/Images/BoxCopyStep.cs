using System.Numerics.Tensors;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>A rectangle of an image, as its place in a larger one.</summary>
/// <param name="Top">First line of the rectangle in the image.</param>
/// <param name="Left">First pixel of its lines.</param>
/// <param name="Width">Pixels in a line of the image.</param>
internal readonly record struct Box(int Top, int Left, int Width);

/// <summary>Copies a rectangle of pixels out of one image into another; what lies outside of it there becomes zero, or stays when adding.</summary>
internal sealed unsafe class BoxCopyStep(PlanBuffer from, Box source, PlanBuffer to, Box target, int height, int width, int stride, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = accumulate ? [new(from, Access.RowsOnly), new(to, Access.RowsOnly)] : [new(from, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(to, Access.RowsOnly)];

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            Span<float> all = new(to.Row(r), to.Stride);
            int done = 0;
            for (int i = 0; i < height; i++)
            {
                int at = (((target.Top + i) * target.Width) + target.Left) * stride;
                Span<float> line = all.Slice(at, width * stride);
                ReadOnlySpan<float> given = new(from.Row(r) + ((((long)(source.Top + i) * source.Width) + source.Left) * stride), width * stride);
                if (accumulate)
                {
                    TensorPrimitives.Add(line, given, line);
                    continue;
                }

                all[done..at].Clear();
                given.CopyTo(line);
                done = at + line.Length;
            }

            if (!accumulate) all[done..].Clear();
        }
    }

    public override string ToString() => "copy box";
}

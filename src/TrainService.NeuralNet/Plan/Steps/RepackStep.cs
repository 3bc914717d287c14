namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>Copies pixels from one channel stride to another: to close the gaps between pixels, or, for the gradient, to open them again.</summary>
internal sealed unsafe class RepackStep(PlanBuffer from, int fromStride, PlanBuffer to, int toStride, int pixels, int channels, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = accumulate ? [new(from, Access.RowsOnly), new(to, Access.RowsOnly)] : [new(from, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(to, Access.RowsOnly)];

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            for (int p = 0; p < pixels; p++)
            {
                ReadOnlySpan<float> source = new(from.Row(r) + ((long)p * fromStride), channels);
                Span<float> target = new(to.Row(r) + ((long)p * toStride), channels);
                if (accumulate)
                {
                    System.Numerics.Tensors.TensorPrimitives.Add(target, source, target);
                    continue;
                }

                source.CopyTo(target);
                if (toStride > channels) new Span<float>(to.Row(r) + ((long)p * toStride) + channels, toStride - channels).Clear();
            }

            // A row's own padding too: of a gradient it reaches the padding of weights, which must stay zero.
            if (!accumulate) new Span<float>(to.Row(r), to.Stride)[(pixels * toStride)..].Clear();
        }
    }

    public override string ToString() => "repack";
}

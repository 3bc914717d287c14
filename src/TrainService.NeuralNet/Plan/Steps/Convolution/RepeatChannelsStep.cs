namespace TrainService.NeuralNet.Plan.Steps.Convolution;

/// <summary>y[p, c · times + m] = x[p, c] for each m &lt; times, into pixels of whole vectors; backward dx[p, c] = Σₘ dy[p, c · times + m].</summary>
internal sealed unsafe class RepeatChannelsStep(
    PlanBuffer x, int xStride, PlanBuffer y, int yStride, int pixels, int channels, int times, bool backward, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = backward
        ? accumulate ? [new(y, Access.RowsOnly), new(x, Access.RowsOnly)] : [new(y, Access.RowsOnly)]
        : [new(x, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(backward ? x : y, Access.RowsOnly)];

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            for (int p = 0; p < pixels; p++)
            {
                float* narrow = x.Row(r) + ((long)p * xStride), wide = y.Row(r) + ((long)p * yStride);
                if (backward) Gather(narrow, wide);
                else Spread(narrow, wide);
            }
        }
    }

    public override string ToString() => "repeat channels";

    private void Spread(float* narrow, float* wide)
    {
        for (int c = 0; c < channels; c++)
            for (int m = 0; m < times; m++) wide[(c * times) + m] = narrow[c];
        new Span<float>(wide + (channels * times), yStride - (channels * times)).Clear();
    }

    private void Gather(float* narrow, float* wide)
    {
        for (int c = 0; c < channels; c++)
        {
            float sum = accumulate ? narrow[c] : 0;
            for (int m = 0; m < times; m++) sum += wide[(c * times) + m];
            narrow[c] = sum;
        }

        if (!accumulate) new Span<float>(narrow + channels, xStride - channels).Clear();
    }
}

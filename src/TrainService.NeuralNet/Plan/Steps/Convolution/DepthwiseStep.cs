using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.NeuralNet.Plan.Steps.Convolution;

/// <summary>A depthwise convolution from x to y, or from dy to dx.</summary>
internal sealed unsafe class DepthwiseStep(
    string name, Value source, Value target, IReadOnlyList<DepthwisePass> passes, PlanBuffer kernel, PlanBuffer? bias, bool accumulate) : ProducerStep(target.Buffer)
{
    private readonly DepthwisePass[] _passes = [.. passes];
    private readonly SourceImages _source = new(source);

    public override double Cost { get; } = passes.Sum(p => (double)p.Height * p.Width * (p.TapsY.Length * p.TapsX.Length + 1) * p.Target.PixelStride) * source.Buffer.Rows * 2;

    protected override string Name => name;

    protected override IEnumerable<Touch> OwnReads =>
    [
        .. _source.Reads, new(kernel, Access.All),
        .. bias is null ? (Touch[])[] : [new(bias, Access.All)],
        .. accumulate ? (Touch[])[new(target.Buffer, Access.RowsOnly)] : [],
    ];

    /// <summary>Floats of the target that are written before what follows works on them: 128 KB.</summary>
    private const int BandLength = 32 * 1024;

    /// <summary>One image, normalized: every pixel is read through several taps.</summary>
    protected override int OwnScratch => _source.IsPending ? source.Buffer.Stride : 0;

    public override void Run(in Block block, StepContext context)
    {
        float* scratch = ScratchLength == 0 ? null : context.Scratch(block.Rank);
        for (int r = block.Start; r < block.End; r++) Sample(r, scratch);
    }

    /// <summary>Band after band of rows: what they see is normalized just before, what they put out is followed while it lies in cache.</summary>
    private void Sample(int r, float* scratch)
    {
        float* image = _source.Stored.Buffer.Row(r), read = _source.IsPending ? scratch : image, add = bias is null ? null : bias.Pointer;
        DepthwisePass first = _passes[0];
        int line = first.Source.Width * source.ChannelStride, height = first.Target.Height, ready = 0, done = 0, end = 0;
        foreach (DepthwisePass pass in _passes) end = Math.Max(end, pass.Height);
        int each = Math.Max(1, BandLength / (first.Target.Width * first.Target.PixelStride * first.TargetStepY));
        for (int y = 0; y < end; y += each)
        {
            int to = Math.Min(end, y + each);
            foreach (DepthwisePass pass in _passes)
            {
                int last = Math.Min(to, pass.Height), seen = _source.IsPending ? pass.RowsSeen(last) : 0;
                if (seen > ready)
                {
                    long at = (long)ready * line;
                    ChannelNormalization.Apply(_source.Map, image + at, (seen - ready) * first.Source.Width, source.ChannelStride, scratch + at);
                    ready = seen;
                }

                if (last > y) DepthwiseProduct.RunRows(pass, y, last, read, kernel.Pointer, target.Buffer.Row(r), add, accumulate);
            }

            Written(r, ref done, (to == end ? height : Math.Min(height, to * first.TargetStepY)) * first.Target.Width, scratch);
        }
    }
}

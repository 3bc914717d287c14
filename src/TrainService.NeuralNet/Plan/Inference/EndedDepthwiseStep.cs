using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>
/// y = ending(x convolved channel by channel), 3x3, with the 1x1 convolutions before and behind it when they are nobody else's: some rows of the image at
/// a time go through all three while they lie in the second-level cache, so that the wide images between them never exist.
/// </summary>
internal sealed unsafe class EndedDepthwiseStep : EndedStep
{
    /// <summary>Floats of the rows that are in work together, at most: 384 KB. At least one row of the result.</summary>
    private const int StripLength = 96 * 1024;

    private readonly string _name;
    private readonly DepthwisePass _pass;
    private readonly DepthwiseStrip _strip;
    private readonly int _pixel;
    private readonly int _before;
    private EndedConvolutionStep? _expand;
    private EndedConvolutionStep? _project;

    public EndedDepthwiseStep(string name, PlanBuffer source, PlanBuffer kernel, PlanBuffer target, DepthwisePass pass, ChannelEnding ending)
        : base(source, kernel, target, ending)
    {
        (_name, _pass) = (name, pass);
        (_pixel, _before) = (pass.Source.PixelStride, -pass.TapsY[0]);
        _strip = new DepthwiseStrip(pass.Source.Width, pass.StepX, -pass.TapsX[0], pass.Width, _pixel);
    }

    public override IReadOnlyList<Touch> Reads =>
    [
        new((_expand ?? (EndedStep)this).Source, Access.RowsOnly), new(Kernel, Access.All), .. Ending.Reads,
        .. _expand is null ? [] : _expand.Ending.Reads.Append(new(_expand.Kernel, Access.All)),
        .. _project is null ? [] : _project.Ending.Reads.Append(new(_project.Kernel, Access.All)),
    ];

    public override IReadOnlyList<Touch> Writes => [new((_project ?? (EndedStep)this).Target, Access.RowsOnly)];

    public override double Cost => ((double)_pass.Height * _pass.Width * 20 * _pixel * Source.Rows) + (_expand?.Cost ?? 0) + (_project?.Cost ?? 0);

    public override int ScratchLength => checked((int)(ExpandedLength + RowLength + ResultLength + (2L * DepthwiseStrip.Size * StripRows)));

    /// <summary>Floats of a row of the image that the taps see.</summary>
    private int RowLength => _pass.Source.Width * _pixel;

    private int ResultRowLength => _pass.Width * _pixel;

    /// <summary>Rows of the result in a strip, evened out.</summary>
    private int StripRows
    {
        get
        {
            int most = Math.Max(1, (StripLength - ((DepthwiseStrip.Size - _pass.StepY) * RowLength)) / ((_pass.StepY * RowLength) + ResultRowLength));
            int strips = (_pass.Height + most - 1) / most;
            return (_pass.Height + strips - 1) / strips;
        }
    }

    private long ExpandedLength => _expand is null ? 0 : (((long)(StripRows - 1) * _pass.StepY) + DepthwiseStrip.Size) * RowLength;

    private long ResultLength => _project is null ? 0 : (long)StripRows * ResultRowLength;

    /// <summary>Takes over the step that makes the source, a plain product without a shortcut.</summary>
    public void Absorb(EndedConvolutionStep? expand, EndedConvolutionStep? project)
    {
        _expand = expand;
        _project = project;
    }

    public override void Run(in Block block, StepContext context)
    {
        float* expanded = context.Scratch(block.Rank), zeros = expanded + ExpandedLength, results = zeros + RowLength;
        float** rows = (float**)(results + ResultLength);
        new Span<float>(zeros, RowLength).Clear();
        for (int sample = block.Start; sample < block.End; sample++) RunSample(sample, expanded, zeros, results, rows);
    }

    public override string ToString() => $"{(_expand is null ? "" : $"{_expand} > ")}{_name} depthwise{(_project is null ? "" : $" > {_project}")}";

    private void RunSample(int sample, float* expanded, float* zeros, float* results, float** taps)
    {
        int height = _pass.Source.Height, size = DepthwiseStrip.Size, step = _pass.StepY, strip = StripRows;
        ProductEnding finish = Ending.ForBatch();
        float* target = Result.Row(sample), image = _expand is null ? Source.Row(sample) : expanded;
        // Rows first … have - 1 of the expanded image are there.
        int first = 0, have = 0;
        for (int y = 0; y < _pass.Height; y += strip)
        {
            int count = Math.Min(strip, _pass.Height - y), top = (y * step) - _before, bottom = ((y + count - 1) * step) - _before + size;
            if (_expand is not null)
            {
                int from = Math.Max(0, top), to = Math.Min(height, bottom), kept = Math.Max(0, have - from);
                if (kept > 0 && from > first) new Span<float>(expanded + ((long)(from - first) * RowLength), kept * RowLength).CopyTo(new Span<float>(expanded, kept * RowLength));
                first = from;
                Expand(sample, first + kept, to, expanded + ((long)kept * RowLength));
                have = to;
            }

            for (int i = 0; i < count * size; i++)
            {
                int row = top + (i / size * step) + (i % size);
                taps[i] = (uint)row < (uint)height ? image + ((long)(row - first) * RowLength) : zeros;
            }

            _strip.Run(count, taps, Kernel.Pointer, _project is null ? target + ((long)y * ResultRowLength) : results, finish);
            if (_project is not null) Project(sample, y, count, results, target);
        }
    }

    private PlanBuffer Result => (_project ?? (EndedStep)this).Target;

    private void Expand(int sample, int from, int to, float* rows)
    {
        PatchPass pass = _expand!.Plain!;
        int width = _pass.Source.Width, stride = pass.Grid.PixelStride;
        EndedProduct.Multiply((to - from) * width, pass.Panels, pass.Grid.Depth, LeftOperand.RowMajor(_expand.Source.Row(sample) + ((long)from * width * stride), stride),
            PanelOperand.Packed(_expand.Kernel.Pointer, pass.Grid.Depth), ProductOutput.RowMajor(rows, _pixel), accumulate: false, _expand.Ending.ForBatch());
    }

    private void Project(int sample, int y, int count, float* results, float* target)
    {
        PatchPass pass = _project!.Plain!;
        int stride = pass.Target.Image.PixelStride, at = y * _pass.Width;
        ProductEnding finish = _project.Ending.ForBatch();
        EndedProduct.Multiply(count * _pass.Width, pass.Panels, pass.Grid.Depth, LeftOperand.RowMajor(results, _pixel), PanelOperand.Packed(_project.Kernel.Pointer, pass.Grid.Depth),
            ProductOutput.RowMajor(target + ((long)at * stride), stride), accumulate: false, finish.From(((nint)sample * pass.Grid.Positions) + at, 0));
    }
}

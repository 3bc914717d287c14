using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels.Convolution.Winograd;

namespace TrainService.NeuralNet.Plan.Steps.Convolution;

/// <summary>The kernel as products of tiles read it. Once a step: the update has changed it.</summary>
internal sealed unsafe class WinogradKernelStep(string name, int inputs, int outputs, PlanBuffer kernel, PlanBuffer planes) : PlanStep
{
    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; } = [new(kernel, Access.All)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(planes, Access.All)];

    public override int Tasks => outputs / Padding.Width;

    public override double Cost => kernel.Length * 40.0;

    public override bool IsPreparation => true;

    public override void Run(in Block block, StepContext context) => WinogradKernel.Run(inputs, outputs, kernel.Pointer, planes.Pointer, block.Start, block.End);

    public override string ToString() => $"{name} tiles";
}

/// <summary>A 3x3 convolution in tiles: from x to y, or from dy to dx.</summary>
internal sealed unsafe class WinogradProductStep(
    string name, WinogradShape shape, Value source, Value target, PlanBuffer kernel, PlanBuffer? bias, bool accumulate) : ProducerStep(target.Buffer)
{
    /// <summary>Tiles that a block should have for the kernel to be worth fetching.</summary>
    private const int LeastTiles = 48;

    private readonly SourceImages _source = new(source);

    public override double Cost { get; } = (double)shape.Tiles * WinogradShape.Planes * shape.Inputs * shape.Outputs * source.Buffer.Rows;

    public override bool StartsLane => true;

    public override int LeastRows { get; } = Math.Clamp((LeastTiles + shape.Tiles - 1) / shape.Tiles, 1, 8);

    protected override string Name => name;

    protected override IEnumerable<Touch> OwnReads =>
    [
        .. _source.Reads, new(kernel, Access.All),
        .. bias is null ? (Touch[])[] : [new(bias, Access.All)],
        .. accumulate ? (Touch[])[new(target.Buffer, Access.RowsOnly)] : [],
    ];

    protected override int OwnScratch { get; } = Padding.Up(WinogradProduct.ScratchLength(shape));

    public override void Run(in Block block, StepContext context)
    {
        float* scratch = context.Scratch(block.Rank);
        WinogradProduct.Run(shape, block.Start, block.End, Images(_source), kernel.Pointer, Images(target), bias is null ? null : bias.Pointer, accumulate, scratch);
        for (int r = block.Start; r < block.End; r++)
        {
            int done = 0;
            Written(r, ref done, target.Pixels, scratch);
        }
    }

    internal static TileImages Images(Value value) => new(value.Buffer.Pointer, value.ChannelStride, value.Buffer.Stride);

    internal static TileImages Images(SourceImages source) => new(source.Pointer, source.Stored.ChannelStride, source.Stored.Buffer.Stride, source.Map);
}

/// <summary>Both factors of a kernel's gradient in tiles, for all samples.</summary>
internal sealed unsafe class WinogradFactorsStep(string name, WinogradShape shape, Value x, Value dy, PlanBuffer images, PlanBuffer gradients) : PlanStep
{
    private readonly SourceImages _source = new(x);

    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = [.. new SourceImages(x).Reads, new(dy.Buffer, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(images, Access.All), new(gradients, Access.All)];

    public override double Cost => (images.Length + gradients.Length) * 4.0;

    public override int ScratchLength { get; } = WinogradGradient.TransformScratch(shape);

    public override int SampleLength => WinogradShape.Planes * shape.Tiles * Math.Max(shape.Inputs, shape.Outputs);

    public override void Run(in Block block, StepContext context)
    {
        WinogradGradient.Transform(shape, block.Start, block.End, WinogradProductStep.Images(_source), images.Pointer, images.Stride,
            WinogradProductStep.Images(dy), gradients.Pointer, gradients.Stride, context.Scratch(block.Rank));
    }

    public override string ToString() => $"{name} factors";
}

/// <summary>Gradient of a kernel in tiles, piece by piece: a range of inputs and of panels over all tiles.</summary>
internal sealed unsafe class WinogradGradientStep : PlanStep
{
    private const int Taps = 9;

    /// <summary>Inputs and panels of a task: its 36 products then take 300 KB.</summary>
    private const int RowsOfTask = 32, PanelsOfTask = 4;

    /// <summary>Tasks that there should be, for four threads.</summary>
    private const int WantedTasks = 4;

    private readonly WinogradShape _shape;
    private readonly PlanBuffer _images;
    private readonly PlanBuffer _gradients;
    private readonly Parameter _kernel;
    private readonly ParameterUpdates _updates;
    private readonly long _tiles;
    private readonly int _rows;
    private readonly int _panels;
    private readonly int _firstPiece;

    public WinogradGradientStep(WinogradShape shape, int batch, PlanBuffer images, PlanBuffer gradients, Parameter kernel, PlanBuffer kernelBuffer, ParameterUpdates updates)
    {
        (_shape, _images, _gradients, _kernel, _updates) = (shape, images, gradients, kernel, updates);
        Reads = [new(images, Access.All), new(gradients, Access.All)];
        Writes = [new(updates.Written(kernel, kernelBuffer), Access.All)];
        _tiles = (long)batch * shape.Tiles;
        (_rows, _panels) = (Math.Min(RowsOfTask, shape.Inputs), Math.Min(PanelsOfTask, shape.Outputs / Padding.Width));
        while (Tasks < WantedTasks && _panels > 2) _panels /= 2;
        _firstPiece = updates.Pieces.Count;
        for (int panel = 0; panel < shape.Outputs / Padding.Width; panel++)
            for (int tap = 0; tap < Taps; tap++)
                for (int input = 0; input < shape.Inputs; input += _rows)
                    updates.Register(kernel, (((long)panel * Taps + tap) * shape.Inputs + input) * Padding.Width, (long)Math.Min(_rows, shape.Inputs - input) * Padding.Width);
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override int Tasks => Chunks * Ceiling(_shape.Outputs / Padding.Width, _panels);

    public override double Cost => (double)_tiles * WinogradShape.Planes * _shape.Inputs * _shape.Outputs;

    public override int ScratchLength => WinogradGradient.ProductScratch(_rows, _panels);

    private int Chunks => Ceiling(_shape.Inputs, _rows);

    public override void Run(in Block block, StepContext context)
    {
        for (int task = block.Start; task < block.End; task++)
        {
            int chunk = task % Chunks, panel = task / Chunks * _panels, panels = Math.Min(_panels, (_shape.Outputs / Padding.Width) - panel);
            int rows = Math.Min(_rows, _shape.Inputs - (chunk * _rows));
            float* scratch = context.Scratch(block.Rank);
            WinogradGradient.Product(_shape, _tiles, _images.Pointer, _images.Stride, _gradients.Pointer, _gradients.Stride, chunk * _rows, rows, panel, panels, scratch);
            for (int i = 0; i < panels * Taps; i++)
                _updates.HandIn(_firstPiece + (((panel * Taps) + i) * Chunks) + chunk, scratch + ((long)i * rows * Padding.Width), context);
        }
    }

    public override string ToString() => $"{_kernel.Layer} dW";

    private static int Ceiling(int value, int unit) => (value + unit - 1) / unit;
}

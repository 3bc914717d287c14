using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Plan.Steps.Convolution;

/// <summary>A depthwise convolution from x to y, or from dy to dx.</summary>
internal sealed unsafe class DepthwiseStep(
    string name, PlanBuffer source, PlanBuffer target, IReadOnlyList<DepthwisePass> passes, PlanBuffer kernel, PlanBuffer? bias, bool accumulate) : PlanStep
{
    private readonly DepthwisePass[] _passes = [.. passes];

    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } =
    [
        new(source, Access.RowsOnly), new(kernel, Access.All),
        .. bias is null ? (Touch[])[] : [new(bias, Access.All)],
        .. accumulate ? (Touch[])[new(target, Access.RowsOnly)] : [],
    ];

    public override IReadOnlyList<Touch> Writes { get; } = [new(target, Access.RowsOnly)];

    public override double Cost { get; } = passes.Sum(p => (double)p.Height * p.Width * (p.TapsY.Length * p.TapsX.Length + 1) * p.Target.PixelStride) * source.Rows * 2;

    public override void Run(in Block block, StepContext context)
    {
        foreach (DepthwisePass pass in _passes)
            DepthwiseProduct.Run(pass, block.Start, block.End, source.Pointer, kernel.Pointer, target.Pointer, bias is null ? null : bias.Pointer, accumulate);
    }

    public override string ToString() => name;
}

/// <summary>Gradient of a depthwise kernel: 16 channels a task, over all samples in order.</summary>
internal sealed unsafe class DepthwiseKernelGradientStep : PlanStep
{
    private readonly PlanBuffer _x;
    private readonly PlanBuffer _dy;
    private readonly DepthwisePass _forward;
    private readonly Parameter _kernel;
    private readonly ParameterUpdates _updates;
    private readonly int _firstPiece;

    public DepthwiseKernelGradientStep(PlanBuffer x, PlanBuffer dy, DepthwisePass forward, Parameter kernel, PlanBuffer kernelBuffer, ParameterUpdates updates)
    {
        (_x, _dy, _forward, _kernel, _updates) = (x, dy, forward, kernel, updates);
        Reads = [new(x, Access.All), new(dy, Access.All)];
        Writes = [new(updates.Written(kernel, kernelBuffer), Access.All)];
        _firstPiece = updates.Pieces.Count;
        for (int i = 0; i < Tasks; i++) updates.Register(kernel, (long)i * ScratchLength, ScratchLength);
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override int Tasks => _forward.Target.PixelStride / Padding.Width;

    public override double Cost => (double)_dy.Length * _forward.KernelHeight * _forward.KernelWidth * 2;

    public override int ScratchLength => _forward.KernelHeight * _forward.KernelWidth * Padding.Width;

    public override void Run(in Block block, StepContext context)
    {
        float* result = context.Scratch(block.Rank);
        for (int i = block.Start; i < block.End; i++)
        {
            DepthwiseGradient.Run(_forward, _x.Rows, i, _x.Pointer, _dy.Pointer, result);
            _updates.HandIn(_firstPiece + i, result, context);
        }
    }

    public override string ToString() => $"{_kernel.Layer} dW";
}

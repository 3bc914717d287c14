using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>y = ending(x convolved with the kernel).</summary>
/// <param name="passes">One a group; all of them write to their pixels directly.</param>
internal sealed unsafe class EndedConvolutionStep(string name, PlanBuffer source, PlanBuffer kernel, PlanBuffer target, IReadOnlyList<PatchPass> passes, ChannelEnding ending)
    : EndedStep(source, kernel, target, ending)
{
    private readonly PatchPass[] _passes = [.. passes];

    /// <summary>The one pass of a plain product of pixels (1x1, stride 1); null when it is more.</summary>
    public PatchPass? Plain => _passes is [{ Grid.IsPlain: true } pass] ? pass : null;

    public override double Cost { get; } = passes.Sum(p => (double)p.Grid.Positions * (p.Grid.Depth + 4) * p.Panels * State.Padding.Width) * source.Rows;

    public override int ScratchLength { get; } = passes.Max(p => PatchProduct.ScratchLength(p));

    public override void Run(in Block block, StepContext context)
    {
        ProductEnding finish = Ending.ForBatch();
        float* scratch = ScratchLength == 0 ? null : context.Scratch(block.Rank);
        foreach (PatchPass pass in _passes) PatchProduct.Run(pass, block.Start, block.End, Source.Pointer, Kernel.Pointer, Target.Pointer, finish, scratch);
    }

    public override string ToString() => $"{name} x*W";
}

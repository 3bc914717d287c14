using TrainService.NeuralNet.Plan.Steps.Convolution;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Convolution.Winograd;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>y = ending(x convolved with a 3x3 kernel), worked out in tiles and finished a few samples at a time.</summary>
/// <param name="kernel">The kernel as tiles read it.</param>
internal sealed unsafe class EndedWinogradStep(string name, WinogradShape shape, Value source, PlanBuffer kernel, Value target, ChannelEnding ending)
    : EndedStep(source.Buffer, kernel, target.Buffer, ending)
{
    /// <summary>Tiles that products should have together for the kernel to be worth fetching.</summary>
    private const int LeastTiles = 32;

    /// <summary>Samples that are worked on together.</summary>
    private int Samples { get; } = (LeastTiles + shape.Tiles - 1) / shape.Tiles;

    public override double Cost => (double)shape.Tiles * WinogradShape.Planes * shape.Inputs * shape.Outputs * source.Buffer.Rows;

    public override int ScratchLength { get; } = WinogradProduct.ScratchLength(shape);

    /// <summary>Whether so many rows make enough tiles. The kernel's own transformation doesn't count: it is done once for many rows.</summary>
    public static bool IsWorthwhile(WinogradShape shape, int rows) => shape.Tiles * rows >= LeastTiles;

    public override void Run(in Block block, StepContext context)
    {
        ProductEnding finish = Ending.ForBatch();
        float* scratch = context.Scratch(block.Rank);
        TileImages x = WinogradProductStep.Images(source), y = WinogradProductStep.Images(target);
        for (int r = block.Start; r < block.End; r += Samples)
        {
            int end = Math.Min(block.End, r + Samples);
            WinogradProduct.Run(shape, r, end, x, Kernel.Pointer, y, null, accumulate: false, scratch);
            EndedProduct.Finish((end - r) * target.Pixels, target.ChannelStride / Padding.Width, ProductOutput.RowMajor(Target.Row(r), target.ChannelStride),
                finish.From((nint)r * target.Pixels, 0));
        }
    }

    public override string ToString() => $"{name} x*W in tiles";
}

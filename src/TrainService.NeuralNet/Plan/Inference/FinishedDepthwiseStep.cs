using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>A depthwise convolution of any kernel, finished sample by sample behind it.</summary>
internal sealed unsafe class FinishedDepthwiseStep(string name, PlanBuffer source, PlanBuffer kernel, PlanBuffer target, DepthwisePass pass, ChannelEnding ending)
    : EndedStep(source, kernel, target, ending)
{
    public override double Cost => (double)pass.Height * pass.Width * (pass.TapsY.Length * pass.TapsX.Length + 1) * pass.Target.PixelStride * Source.Rows * 2;

    public override void Run(in Block block, StepContext context)
    {
        int positions = pass.Height * pass.Width, stride = pass.Target.PixelStride;
        ProductEnding finish = Ending.ForBatch();
        for (int r = block.Start; r < block.End; r++)
        {
            DepthwiseProduct.Run(pass, r, r + 1, Source.Pointer, Kernel.Pointer, Target.Pointer, null, accumulate: false);
            EndedProduct.Finish(positions, stride / Padding.Width, ProductOutput.RowMajor(Target.Row(r), stride), finish.From((nint)r * positions, 0));
        }
    }

    public override string ToString() => $"{name} depthwise";
}

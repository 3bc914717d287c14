using TrainService.Tensors.Kernels;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>y = ending(x · W).</summary>
internal sealed unsafe class EndedDenseStep(string name, PlanBuffer source, PlanBuffer kernel, PlanBuffer target, int depth, ChannelEnding ending)
    : EndedStep(source, kernel, target, ending)
{
    public override double Cost => (double)Target.Length * depth;

    public override void Run(in Block block, StepContext context)
    {
        ProductEnding finish = Ending.ForBatch();
        EndedProduct.Multiply(block.End - block.Start, Target.Panels, depth, LeftOperand.RowMajor(Source.Row(block.Start), Source.Stride),
            PanelOperand.Packed(Kernel.Pointer, depth), ProductOutput.RowMajor(Target.Row(block.Start), Target.Stride), accumulate: false, finish.From(block.Start, 0));
    }

    public override string ToString() => $"{name} x·W";
}

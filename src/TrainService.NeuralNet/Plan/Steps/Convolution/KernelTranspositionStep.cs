using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Plan.Steps.Convolution;

/// <summary>The kernel as the input gradient reads it. Once a step: the update has changed it.</summary>
internal sealed unsafe class KernelTranspositionStep(string name, PlanBuffer kernel, PlanBuffer transposed, KernelTransposition transposition) : PlanStep
{
    private const int MostTasks = 16;

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; } = [new(kernel, Access.All)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(transposed, Access.All)];

    /// <summary>A kernel smaller than its stride may have no taps at all that need to be moved, and still one task.</summary>
    public override int Tasks => Math.Clamp(transposition.Count, 1, MostTasks);

    public override bool IsPreparation => true;

    public override double Cost => kernel.Length * 2;

    public override void Run(in Block block, StepContext context)
        => transposition.Run(kernel.Pointer, transposed.Pointer, transposition.Count * block.Start / Tasks, transposition.Count * block.End / Tasks);

    public override string ToString() => $"{name} Wᵀ";
}

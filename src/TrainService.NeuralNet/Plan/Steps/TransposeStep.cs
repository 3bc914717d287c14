using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>Wᵀ in panels, which the input gradient reads. Once a step: the update has changed W.</summary>
internal sealed unsafe class TransposeStep(Parameter kernel, PlanBuffer kernelBuffer, PlanBuffer transposed) : PlanStep
{
    private const int PanelsPerTask = 4;

    private readonly int _in = kernel.Shape[0];
    private readonly int _out = kernel.Shape[1];

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; } = [new(kernelBuffer, Access.All)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(transposed, Access.All)];

    public override int Tasks => (Padding.Up(_in) / Padding.Width + PanelsPerTask - 1) / PanelsPerTask;

    public override bool IsPreparation => true;

    public override double Cost => (double)_in * _out * 2;

    public override void Run(in Block block, StepContext context)
        => Tensors.Kernels.Panels.Transpose(kernel.Values, _in, _out, transposed.Pointer, block.Start * PanelsPerTask,
            Math.Min(Padding.Up(_in) / Padding.Width, block.End * PanelsPerTask));

    public override string ToString() => $"{kernel.Layer} Wᵀ";
}

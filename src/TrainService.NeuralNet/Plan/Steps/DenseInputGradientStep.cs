using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>dx = dy · Wᵀ, or added to what another user of x has put there.</summary>
internal sealed unsafe class DenseInputGradientStep(PlanBuffer dy, PlanBuffer transposed, PlanBuffer dx, Parameter kernel, bool accumulate) : PlanStep
{
    private readonly int _depth = kernel.Shape[1];

    public override Domains Domains => Domains.Rows | Domains.Columns;

    public override IReadOnlyList<Touch> Reads { get; } = accumulate
        ? [new(dy, Access.RowsOnly), new(transposed, Access.All), new(dx, Access.Aligned)]
        : [new(dy, Access.RowsOnly), new(transposed, Access.All)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(dx, Access.Aligned)];

    public override double Cost => (double)dx.Rows * dx.Stride * _depth;

    public override bool PrefersColumns => DensePolicy.IsLarge(kernel);

    public override int LeastRows => 8;

    public override void Run(in Block block, StepContext context)
    {
        (int row, int rows, int panel, int panels) = DensePolicy.Extent(block, dx);
        LeftOperand left = LeftOperand.RowMajor(dy.Row(row), dy.Stride);
        PanelOperand right = PanelOperand.Packed(transposed.Pointer + ((long)panel * _depth * Padding.Width), _depth);
        ProductOutput output = ProductOutput.RowMajor(dx.Row(row) + (panel * Padding.Width), dx.Stride);
        if (accumulate) TileProduct.Accumulate(rows, panels, _depth, left, right, output);
        else TileProduct.Multiply(rows, panels, _depth, left, right, output);
    }

    public override string ToString() => $"{kernel.Layer} dx";
}

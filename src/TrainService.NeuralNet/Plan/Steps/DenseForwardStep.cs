using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>y = x · W + b: x [rows, in], W in panels, y [rows, out].</summary>
internal sealed unsafe class DenseForwardStep(PlanBuffer x, PlanBuffer y, Parameter kernel, PlanBuffer kernelBuffer, Parameter? bias, PlanBuffer? biasBuffer)
    : PlanStep
{
    private readonly int _depth = kernel.Shape[0];

    public override Domains Domains => Domains.Rows | Domains.Columns;

    public override IReadOnlyList<Touch> Reads { get; } = biasBuffer is null
        ? [new(x, Access.RowsOnly), new(kernelBuffer, Access.All)]
        : [new(x, Access.RowsOnly), new(kernelBuffer, Access.All), new(biasBuffer, Access.All)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.Aligned)];

    public override double Cost => (double)y.Rows * y.Stride * _depth;

    public override bool PrefersColumns => DensePolicy.IsLarge(kernel);

    public override int LeastRows => 8;

    public override void Run(in Block block, StepContext context)
    {
        (int row, int rows, int panel, int panels) = DensePolicy.Extent(block, y);
        LeftOperand left = LeftOperand.RowMajor(x.Row(row), x.Stride);
        PanelOperand right = PanelOperand.Packed(kernel.Values + ((long)panel * _depth * Padding.Width), _depth);
        ProductOutput output = ProductOutput.RowMajor(y.Row(row) + (panel * Padding.Width), y.Stride);
        if (bias is null) TileProduct.Multiply(rows, panels, _depth, left, right, output);
        else TileProduct.MultiplyWithBias(rows, panels, _depth, left, right, output, bias.Values + (panel * Padding.Width));
    }

    public override string ToString() => $"{kernel.Layer} x·W";
}

/// <summary>How the products of a dense layer are cut.</summary>
internal static class DensePolicy
{
    /// <summary>
    /// From here on (256 KB) a thread should read only its own part of the kernel: the same panels that it updates, which then stay in its own
    /// second-level cache from step to step.
    /// </summary>
    private const long LargeKernel = 64 * 1024;

    public static bool IsLarge(Parameter kernel) => kernel.Length >= LargeKernel;

    public static (int Row, int Rows, int Panel, int Panels) Extent(in Block block, PlanBuffer output) => block.Domain == Domains.Rows
        ? (block.Start, block.End - block.Start, 0, output.Panels)
        : (0, output.Rows, block.Start, block.End - block.Start);
}

using System.Runtime.Intrinsics;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>
/// dW = xᵀ · dy and db = the column sums of dy, piece by piece. In the plain case the update is applied to each register tile; otherwise pieces go to the
/// first-level cache and are handed on from there.
/// </summary>
internal sealed unsafe class DenseWeightGradientStep : PlanStep
{
    /// <summary>Rows of W in a piece: gradient, weights and slot of two panels then fit into the first-level cache together.</summary>
    private const int RowsPerPiece = 112;

    /// <summary>Panels of W in a task: what the widest register tile takes.</summary>
    private const int PanelsPerTask = 2;

    private readonly PlanBuffer _x;
    private readonly PlanBuffer _dy;
    private readonly Parameter _kernel;
    private readonly Parameter? _bias;
    private readonly ParameterUpdates _updates;
    private readonly int _in;
    private readonly int _chunks;
    private readonly int _firstKernelPiece;
    private readonly int _firstBiasPiece;

    public DenseWeightGradientStep(PlanBuffer x, PlanBuffer dy, Parameter kernel, PlanBuffer kernelBuffer, Parameter? bias, PlanBuffer? biasBuffer,
        ParameterUpdates updates)
    {
        (_x, _dy, _kernel, _bias, _updates) = (x, dy, kernel, bias, updates);
        _in = kernel.Shape[0];
        _chunks = (_in + RowsPerPiece - 1) / RowsPerPiece;
        Reads = [new(x, Access.All), new(dy, Access.All)];
        List<Touch> writes = [new(updates.Written(kernel, kernelBuffer), Access.All)];
        if (bias is not null) writes.Add(new(updates.Written(bias, biasBuffer!), Access.All));
        Writes = writes;
        _firstKernelPiece = updates.Pieces.Count;
        for (int panel = 0; panel < dy.Panels; panel++)
            for (int chunk = 0; chunk < _chunks; chunk++)
                updates.Register(kernel, ((long)panel * _in + First(chunk)) * Padding.Width, (First(chunk + 1) - First(chunk)) * Padding.Width);
        _firstBiasPiece = updates.Pieces.Count;
        if (bias is null) return;
        for (int panel = 0; panel < dy.Panels; panel++) updates.Register(bias, panel * Padding.Width, Padding.Width);
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    /// <summary>Panels first: a thread's range of tasks is a range of panels, the same as it multiplies by in the forward pass.</summary>
    public override int Tasks => (_dy.Panels + PanelsPerTask - 1) / PanelsPerTask * _chunks;

    public override double Cost => (double)_dy.Stride * _in * (_x.Rows + 8);

    public override int ScratchLength => PanelsPerTask * RowsPerPiece * Padding.Width;

    public override void Run(in Block block, StepContext context)
    {
        for (int task = block.Start; task < block.End; task++) RunTask(task / _chunks * PanelsPerTask, task % _chunks, block.Rank, context);
    }

    public override string ToString() => $"{_kernel.Layer} dW";

    private int First(int chunk) => (int)((long)_in * chunk / _chunks);

    private void RunTask(int panel, int chunk, int rank, StepContext context)
    {
        int first = First(chunk), rows = First(chunk + 1) - first, panels = Math.Min(PanelsPerTask, _dy.Panels - panel);
        int piece = _firstKernelPiece + (panel * _chunks) + chunk;
        LeftOperand left = LeftOperand.Transposed(_x.Pointer + first, _x.Stride);
        PanelOperand right = PanelOperand.RowMajor(_dy.Pointer + (panel * Padding.Width), _dy.Stride);
        float* gradient = context.Scratch(rank);
        if (!_updates.TryMultiply(piece, rows, panels, (nint)_in * Padding.Width, _x.Rows, left, right, context))
        {
            TileProduct.Multiply(rows, panels, _x.Rows, left, right, ProductOutput.Packed(gradient, rows));
            for (int p = 0; p < panels; p++) _updates.HandIn(piece + (p * _chunks), gradient + (p * rows * Padding.Width), context);
        }

        if (chunk != 0 || _bias is null) return;
        for (int p = 0; p < panels; p++)
        {
            Vector512<float> sum = default;
            for (int r = 0; r < _dy.Rows; r++) sum += Vector512.Load(_dy.Row(r) + ((panel + p) * Padding.Width));
            sum.Store(gradient);
            _updates.HandIn(_firstBiasPiece + panel + p, gradient, context);
        }
    }
}

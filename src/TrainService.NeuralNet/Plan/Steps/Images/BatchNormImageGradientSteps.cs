using System.Runtime.Intrinsics;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>
/// Hands in dβ = Σdy and dγ = Σdy · x̂, and leaves for the input gradient their means over the batch and the scale of the forward pass: handing in
/// may change gamma at once.
/// </summary>
internal sealed unsafe class BatchNormParametersStep : PlanStep
{
    private readonly PlanBuffer _sums;
    private readonly int _pixels;
    private readonly int _stride;
    private readonly PlanBuffer _means;
    private readonly BatchNormCoefficients _coefficients;
    private readonly ParameterUpdates _updates;
    private readonly int _gammaPiece;
    private readonly int _betaPiece;

    public BatchNormParametersStep(PlanBuffer sums, int pixels, int stride, PlanBuffer means, BatchNormCoefficients coefficients, Func<Parameter, PlanBuffer> bufferOf, ParameterUpdates updates)
    {
        (_sums, _pixels, _stride, _means, _coefficients, _updates) = (sums, pixels, stride, means, coefficients, updates);
        List<Touch> writes = [new(means, Access.All)];
        _gammaPiece = Announce(coefficients.Tensors.Gamma);
        _betaPiece = Announce(coefficients.Tensors.Beta);
        Writes = writes;
        Reads = [new(sums, Access.All), .. coefficients.Touches];

        int Announce(Parameter? parameter)
        {
            if (parameter is null || !coefficients.Tensors.Learns) return -1;
            int first = updates.Pieces.Count;
            for (int c = 0; c < stride; c += Padding.Width) updates.Register(parameter, c, Padding.Width);
            writes.Add(new(updates.Written(parameter, bufferOf(parameter)), Access.All));
            return first;
        }
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override int Tasks => _stride / Padding.Width;

    public override double Cost => _sums.Length;

    public override int ScratchLength => Padding.Width;

    public override void Run(in Block block, StepContext context)
    {
        int c = block.Start * Padding.Width;
        _coefficients.Scale(c).Store(_means.Row(2) + c);
        Finish(0, _betaPiece, block, context);
        Finish(1, _gammaPiece, block, context);
    }

    public override string ToString() => $"{_coefficients.Tensors.Mean.Layer} dγ dβ";

    private void Finish(int which, int piece, in Block block, StepContext context)
    {
        int c = block.Start * Padding.Width;
        Vector512<double> count = Vector512.Create((double)_sums.Rows * _pixels);
        (Vector512<double> low, Vector512<double> high) = SampleSums.Total(_sums, _stride, c, second: which == 1);
        if (which == 1)
        {
            (Vector512<double> lowInverse, Vector512<double> highInverse) = Vector512.Widen(_coefficients.Inverse(c));
            (low, high) = (low * lowInverse, high * highInverse);
        }

        Vector512.Narrow(low / count, high / count).Store(_means.Row(which) + c);
        if (piece < 0) return;
        float* gradient = context.Scratch(block.Rank);
        (Vector512.Narrow(low, high) & ChannelMask.Of(_coefficients.Tensors.Mean.Shape[0], c)).Store(gradient);
        _updates.HandIn(piece + block.Start, gradient, context);
    }
}

/// <summary>
/// dx = scale · (dy - mean of dy - x̂ · mean of dy · x̂) through the batch's statistics; dx = scale · dy through fixed ones (<paramref name="means"/> null).
/// </summary>
internal sealed unsafe class BatchNormImageInputGradientStep(PlanBuffer x, PlanBuffer dy, PlanBuffer dx, int pixels, int stride, BatchNormCoefficients coefficients,
    PlanBuffer? means, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } =
    [
        new(dy, Access.RowsOnly), .. coefficients.Touches,
        .. means is null ? Array.Empty<Touch>() : [new Touch(x, Access.RowsOnly), new Touch(means, Access.All)],
        .. accumulate ? [new Touch(dx, Access.RowsOnly)] : Array.Empty<Touch>(),
    ];

    public override IReadOnlyList<Touch> Writes { get; } = [new(dx, Access.RowsOnly)];

    public override int ScratchLength => 4 * stride;

    public override double Cost => dx.Length * 0.5;

    public override void Run(in Block block, StepContext context)
    {
        float* mean = context.Scratch(block.Rank), scale = mean + stride, offset = scale + stride, slope = offset + stride;
        for (int c = 0; c < stride; c += Padding.Width)
        {
            coefficients.Mean(c).Store(mean + c);
            (means is null ? coefficients.Scale(c) : Vector512.Load(means.Row(2) + c)).Store(scale + c);
            (means is null ? default : Vector512.Load(means.Row(0) + c)).Store(offset + c);
            (means is null ? default : Vector512.Load(means.Row(1) + c) * coefficients.Inverse(c)).Store(slope + c);
        }

        // Through fixed statistics offset and slope are 0; what x is then makes no difference, and dy stands in for it.
        for (int r = block.Start; r < block.End; r++)
        {
            ChannelNormalization.InputGradient(mean, scale, offset, slope, means is null ? dy.Row(r) : x.Row(r), dy.Row(r), pixels, stride, dx.Row(r), accumulate);
        }
    }

    public override string ToString() => $"{coefficients.Tensors.Mean.Layer} normalize'";
}

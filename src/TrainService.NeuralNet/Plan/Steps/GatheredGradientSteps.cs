using System.Numerics.Tensors;
using TrainService.NeuralNet.Regularizers;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>Adds the gradient of a penalty that looks at all numbers of a weight together to the weight's gathered gradient.</summary>
internal sealed unsafe class WholePenaltyStep : PlanStep
{
    private readonly Parameter _parameter;
    private readonly WholeRegularizer _regularizer;
    private readonly PlanBuffer _gradient;
    private readonly double[] _penalties;
    private readonly int _index;
    private readonly float[] _weights;
    private readonly float[] _slope;
    private readonly double[] _scratch;
    private readonly float[] _packed;

    /// <param name="penalties">Where the penalty is put, at <paramref name="index"/>.</param>
    public WholePenaltyStep(Parameter parameter, WholeRegularizer regularizer, PlanBuffer weights, PlanBuffer gradient, double[] penalties, int index)
    {
        (_parameter, _regularizer, _gradient, _penalties, _index) = (parameter, regularizer, gradient, penalties, index);
        _weights = new float[parameter.Shape.Size];
        _slope = new float[parameter.Shape.Size];
        _scratch = new double[regularizer.ScratchLength(parameter.Shape)];
        _packed = new float[parameter.Length];
        Reads = [new(weights, Access.All), new(gradient, Access.All)];
        Writes = [new(gradient, Access.All)];
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override double Cost => _weights.Length * (double)_parameter.Shape[-1];

    public override void Run(in Block block, StepContext context)
    {
        if (context.Rejected) return;
        _parameter.Read(_weights);
        _penalties[_index] = _regularizer.PenaltyAndGradient(_weights, _parameter.Shape, _scratch, _slope);
        fixed (float* packed = _packed) _parameter.Spec.Layout.Write(_parameter.Shape, _slope, packed);
        Span<float> gradient = new(_gradient.Pointer, _packed.Length);
        TensorPrimitives.Add(gradient, _packed, gradient);
    }

    public override string ToString() => $"{_parameter.Name} penalty";
}

/// <summary>Applies a gathered gradient, or makes it ready for clipping.</summary>
internal sealed class FinishGradientStep(ParameterUpdates updates, Parameter parameter, int firstPiece, int pieces, PlanBuffer gradient, PlanBuffer written) : PlanStep
{
    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; } = [new(gradient, Access.All)];

    public override IReadOnlyList<Touch> Writes { get; } = gradient == written ? [new(gradient, Access.All)] : [new(gradient, Access.All), new(written, Access.All)];

    public override int Tasks => pieces;

    public override double Cost => parameter.Length * 2.0;

    public override void Run(in Block block, StepContext context)
    {
        for (int piece = block.Start; piece < block.End; piece++) updates.Finish(firstPiece + piece, context);
    }

    public override string ToString() => $"{parameter.Name} gathered";
}

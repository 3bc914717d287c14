using System.Runtime.Intrinsics;
using TrainService.NeuralNet.Constraints;
using TrainService.NeuralNet.Layers.Convolution;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>
/// Puts a weight back into its allowed set, after its update. Norms of single outputs go panel by panel where the weight lies; other axes, which
/// are rare, through a copy in canonical layout.
/// </summary>
internal sealed unsafe class ConstraintStep : PlanStep
{
    private readonly Parameter _parameter;
    private readonly Constraint _constraint;
    private readonly NormConstraint? _byOutput;
    private readonly long _depth;
    private readonly float[] _canonical;

    public ConstraintStep(Parameter parameter, Constraint constraint, PlanBuffer buffer)
    {
        (_parameter, _constraint) = (parameter, constraint);
        Reads = Writes = [new(buffer, Access.All)];
        int rank = parameter.Shape.Rank;
        _depth = parameter.Shape.Size / parameter.Shape[-1];
        bool panels = rank > 1 && (parameter.Spec.Layout == ParameterLayout.Panels || parameter.Spec.Layout is GroupedPanels);
        if (panels && constraint is NormConstraint norm && norm.IsByOutput(parameter.Shape)) _byOutput = norm;
        _canonical = _byOutput is null && !constraint.IsElementwise ? new float[parameter.Shape.Size] : [];
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override int Tasks => _byOutput is null ? 1 : (int)(_parameter.Length / (_depth * Padding.Width));

    public override double Cost => _parameter.Length;

    public override void Run(in Block block, StepContext context)
    {
        if (context.Rejected) return;
        for (int task = block.Start; task < block.End; task++)
        {
            if (_byOutput is not null) ScalePanel(_byOutput, _parameter.Values + (task * _depth * Padding.Width));
            else if (_constraint.IsElementwise) _constraint.Apply(new Span<float>(_parameter.Values, checked((int)_parameter.Length)), _parameter.Shape);
            else
            {
                _parameter.Read(_canonical);
                _constraint.Apply(_canonical, _parameter.Shape);
                _parameter.Write(_canonical);
            }
        }
    }

    public override string ToString() => $"{_parameter.Name} constraint";

    private void ScalePanel(NormConstraint norm, float* panel)
    {
        Vector512<double> low = default, high = default;
        for (long r = 0; r < _depth; r++)
        {
            (Vector512<double> a, Vector512<double> b) = Vector512.Widen(Vector512.Load(panel + (r * Padding.Width)));
            low += a * a;
            high += b * b;
        }

        float* factors = stackalloc float[Padding.Width];
        for (int i = 0; i < Padding.Width; i++) factors[i] = norm.Factor(i < 8 ? low[i] : high[i - 8]);
        Vector512<float> scale = Vector512.Load(factors);
        for (long r = 0; r < _depth; r++) (Vector512.Load(panel + (r * Padding.Width)) * scale).Store(panel + (r * Padding.Width));
    }
}

using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using TrainService.NeuralNet.Layers.Merging;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>y = x₁ ∘ x₂ ∘ …, number by number, from left to right. All have the same layout.</summary>
internal sealed unsafe class MergeStep(MergeKind kind, IReadOnlyList<PlanBuffer> inputs, PlanBuffer y) : PlanStep
{
    private readonly PlanBuffer[] _inputs = [.. inputs];

    public override Domains Domains => Domains.Rows | Domains.Columns;

    public override IReadOnlyList<Touch> Reads { get; } = [.. inputs.Select(x => new Touch(x, Access.Aligned))];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.Aligned)];

    public override double Cost => y.Length * 0.25 * _inputs.Length;

    public override void Run(in Block block, StepContext context)
    {
        Vector512<float> count = Vector512.Create((float)_inputs.Length);
        foreach ((long start, int length) in Pieces.Of(block, y))
        {
            for (long i = start; i < start + length; i += Padding.Width)
            {
                Vector512<float> value = Vector512.Load(_inputs[0].Pointer + i);
                for (int k = 1; k < _inputs.Length; k++)
                {
                    Vector512<float> x = Vector512.Load(_inputs[k].Pointer + i);
                    value = kind switch
                    {
                        MergeKind.Subtract => value - x,
                        MergeKind.Multiply => value * x,
                        MergeKind.Maximum => Vector512.Max(value, x),
                        MergeKind.Minimum => Vector512.Min(value, x),
                        _ => value + x,
                    };
                }

                (kind == MergeKind.Average ? value / count : value).Store(y.Pointer + i);
            }
        }
    }

    public override string ToString() => $"{kind}";
}

/// <summary>
/// What one of the merged values gets of the gradient: dy for a sum, ±dy for a difference, dy/n for a mean, dy times the other values for a product; of
/// a maximum or minimum dy where it is the one, shared equally when several are.
/// </summary>
internal sealed unsafe class MergeGradientStep(MergeKind kind, int which, IReadOnlyList<PlanBuffer> inputs, PlanBuffer y, PlanBuffer dy, PlanBuffer dx, bool accumulate) : PlanStep
{
    private readonly PlanBuffer[] _inputs = [.. inputs];

    public override Domains Domains => Domains.Rows | Domains.Columns;

    public override IReadOnlyList<Touch> Reads { get; } =
    [
        new(dy, Access.Aligned),
        .. NeedsValues(kind) ? inputs.Append(y).Select(b => new Touch(b, Access.Aligned)) : [],
        .. accumulate ? [new Touch(dx, Access.Aligned)] : Array.Empty<Touch>(),
    ];

    public override IReadOnlyList<Touch> Writes { get; } = [new(dx, Access.Aligned)];

    public override void Run(in Block block, StepContext context)
    {
        foreach ((long start, int length) in Pieces.Of(block, dx))
        {
            if (kind is MergeKind.Add or MergeKind.Subtract)
            {
                Plain(new ReadOnlySpan<float>(dy.Pointer + start, length), new Span<float>(dx.Pointer + start, length));
                continue;
            }

            for (long i = start; i < start + length; i += Padding.Width)
            {
                Vector512<float> g = Vector512.Load(dy.Pointer + i) * Factor(i);
                (accumulate ? Vector512.Load(dx.Pointer + i) + g : g).Store(dx.Pointer + i);
            }
        }
    }

    public override string ToString() => $"{kind}' {which}";

    private static bool NeedsValues(MergeKind kind) => kind is MergeKind.Multiply or MergeKind.Maximum or MergeKind.Minimum;

    private void Plain(ReadOnlySpan<float> upper, Span<float> target)
    {
        bool minus = kind == MergeKind.Subtract && which > 0;
        if (accumulate && minus) TensorPrimitives.Subtract(target, upper, target);
        else if (accumulate) TensorPrimitives.Add(target, upper, target);
        else if (minus) TensorPrimitives.Negate(upper, target);
        else upper.CopyTo(target);
    }

    /// <summary>dy is scaled by this.</summary>
    private Vector512<float> Factor(long at)
    {
        if (kind == MergeKind.Average) return Vector512.Create(1f / _inputs.Length);
        Vector512<float> factor = Vector512<float>.One;
        if (kind == MergeKind.Multiply)
        {
            for (int k = 0; k < _inputs.Length; k++)
                if (k != which)
                    factor *= Vector512.Load(_inputs[k].Pointer + at);
            return factor;
        }

        Vector512<float> chosen = Vector512.Load(y.Pointer + at), holders = default;
        foreach (PlanBuffer input in _inputs) holders += Vector512.Equals(Vector512.Load(input.Pointer + at), chosen) & factor;
        Vector512<float> mine = Vector512.Equals(Vector512.Load(_inputs[which].Pointer + at), chosen) & factor;
        return mine / Vector512.Max(holders, factor);
    }
}

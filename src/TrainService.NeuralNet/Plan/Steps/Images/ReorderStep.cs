using System.Numerics.Tensors;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>y[to[i]] = the sum of all x[from[i]] with that place, for every number of a sample, or added to what is there. Numbers that stay side by side are moved together.</summary>
internal sealed unsafe class ReorderStep : PlanStep
{
    // Below this mean length of a run one number after the other is as fast.
    private const int ShortRun = 4;

    private readonly PlanBuffer _x, _y;
    private readonly int[] _from, _to;
    private readonly bool _accumulate;
    private readonly (int From, int To, int Length)[]? _runs;
    private readonly bool _adds;

    public ReorderStep(PlanBuffer x, int[] from, PlanBuffer y, int[] to, bool accumulate)
    {
        (_x, _from, _y, _to, _accumulate) = (x, from, y, to, accumulate);
        Reads = accumulate ? [new(x, Access.RowsOnly), new(y, Access.RowsOnly)] : [new(x, Access.RowsOnly)];
        Writes = [new(y, Access.RowsOnly)];
        List<(int From, int To, int Length)> runs = [];
        for (int i = 0; i < from.Length; i++)
        {
            if (i > 0 && from[i] == from[i - 1] + 1 && to[i] == to[i - 1] + 1) runs[^1] = runs[^1] with { Length = runs[^1].Length + 1 };
            else runs.Add((from[i], to[i], 1));
        }

        _adds = accumulate || new HashSet<int>(to).Count < to.Length;
        if (runs.Count * ShortRun <= from.Length) _runs = [.. runs];
    }

    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override double Cost => (double)_from.Length * _y.Rows * (_runs is null ? 2 : 0.5);

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            float* source = _x.Row(r), target = _y.Row(r);
            if (!_accumulate) new Span<float>(target, _y.Stride).Clear();
            if (_runs is null)
                for (int i = 0; i < _from.Length; i++) target[_to[i]] += source[_from[i]];
            else
                MoveRuns(source, target);
        }
    }

    public override string ToString() => "reorder";

    private void MoveRuns(float* source, float* target)
    {
        foreach ((int from, int to, int length) in _runs!)
        {
            ReadOnlySpan<float> moved = new(source + from, length);
            Span<float> place = new(target + to, length);
            if (_adds) TensorPrimitives.Add(place, moved, place);
            else moved.CopyTo(place);
        }
    }
}

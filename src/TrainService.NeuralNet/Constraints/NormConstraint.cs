using TrainService.Tensors;

namespace TrainService.NeuralNet.Constraints;

/// <summary>w · target(n) / (n + 1e-7), n = √Σw² over the axes of one unit: what each norm is brought to is the constraint's own affair.</summary>
/// <param name="axes">Axes that a norm runs over, in the canonical layout; negative ones count from the end.</param>
public abstract class NormConstraint(IReadOnlyList<int> axes) : Constraint
{
    /// <summary>Keras's epsilon.</summary>
    private const double Epsilon = 1e-7;

    private readonly int[] _axes = [.. axes];

    /// <summary>The norm that a unit of norm <paramref name="norm"/> gets.</summary>
    protected abstract double Target(double norm);

    /// <summary>What the numbers of a unit are multiplied by.</summary>
    internal float Factor(double squares)
    {
        double norm = Math.Sqrt(squares);
        return (float)(Target(norm) / (norm + Epsilon));
    }

    /// <summary>True when each norm is one output's: over all axes but the last.</summary>
    internal bool IsByOutput(Shape shape)
    {
        for (int axis = 0; axis < shape.Rank; axis++)
            if (Covers(axis, shape.Rank) == (axis == shape.Rank - 1))
                return false;
        return true;
    }

    /// <inheritdoc/>
    public override void Apply(Span<float> values, Shape shape)
    {
        // Each unit is met once, at its first number: the one whose indices along the norm's axes are all 0.
        for (int start = 0; start < values.Length; start++)
        {
            if (!IsFirst(start, shape)) continue;
            double squares = 0;
            for (int i = start; i >= 0; i = Next(i, shape)) squares += (double)values[i] * values[i];
            float factor = Factor(squares);
            for (int i = start; i >= 0; i = Next(i, shape)) values[i] *= factor;
        }
    }

    private bool Covers(int axis, int rank)
    {
        foreach (int a in _axes)
            if (a == axis || a + rank == axis)
                return true;
        return false;
    }

    private bool IsFirst(int index, Shape shape)
    {
        for (int axis = shape.Rank - 1; axis >= 0; index /= shape[axis], axis--)
            if (Covers(axis, shape.Rank) && index % shape[axis] != 0)
                return false;
        return true;
    }

    /// <summary>The next number of the same unit; -1 after the last.</summary>
    private int Next(int index, Shape shape)
    {
        int stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; stride *= shape[axis], axis--)
        {
            if (!Covers(axis, shape.Rank)) continue;
            int place = index / stride % shape[axis];
            if (place + 1 < shape[axis]) return index + stride;
            index -= place * stride;
        }

        return -1;
    }
}

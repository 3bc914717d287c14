using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan;

/// <summary>
/// A matrix in the plan's arena: a row a sample, each row contiguous and padded to 16 floats. Two buffers whose lives do not
/// overlap may share memory.
/// </summary>
public sealed unsafe class PlanBuffer
{
    internal PlanBuffer(string name, int rows, long rowLength)
    {
        Name = name;
        Rows = rows;
        RowLength = checked((int)rowLength);
        Stride = Padding.Up(RowLength);
    }

    public string Name { get; }

    public int Rows { get; }

    /// <summary>Numbers in a row.</summary>
    public int RowLength { get; }

    /// <summary>Floats from a row to the next.</summary>
    public int Stride { get; }

    /// <summary>Panels of 16 columns.</summary>
    public int Panels => Stride / Padding.Width;

    public long Length => (long)Rows * Stride;

    /// <summary>Kept until the end of the plan: somebody reads it after the last step.</summary>
    public bool Kept { get; set; }

    internal int FirstPhase { get; set; } = int.MaxValue;

    internal int LastPhase { get; set; } = -1;

    /// <summary>Phases between which its memory may serve others: used last in the first of them, made again in the second.</summary>
    internal (int Last, int Again)? Gap { get; set; }

    /// <summary>Its numbers are needed in this phase.</summary>
    internal bool IsAlive(int phase)
        => FirstPhase <= phase && (Kept || LastPhase >= phase) && !(Gap is { } gap && gap.Last < phase && phase < gap.Again);

    /// <summary>Both hold numbers that are needed in some phase.</summary>
    internal bool LivesBeside(PlanBuffer other)
    {
        foreach ((int first, int last) in Lives())
            foreach ((int otherFirst, int otherLast) in other.Lives())
                if (first <= otherLast && otherFirst <= last) return true;
        return false;
    }

    private (int First, int Last)[] Lives()
    {
        int end = Kept ? int.MaxValue : LastPhase;
        return Gap is { } gap ? [(FirstPhase, gap.Last), (gap.Again, end)] : [(FirstPhase, end)];
    }

    internal float* Pointer { get; set; }

    internal ReadOnlySpan<float> RowSpan(int row) => new(Row(row), RowLength);

    internal float* Row(int row) => Pointer + ((long)row * Stride);
}

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

    internal float* Pointer { get; set; }

    internal ReadOnlySpan<float> RowSpan(int row) => new(Row(row), RowLength);

    internal float* Row(int row) => Pointer + ((long)row * Stride);
}

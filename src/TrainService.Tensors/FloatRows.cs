using System.Runtime.InteropServices;
using TrainService.Tensors.Memory;

namespace TrainService.Tensors;

/// <summary>Rows of float32 that lie one after the other in memory.</summary>
public sealed class FloatRows : RowSource
{
    private readonly ReadOnlyMemory<float> _values;

    /// <param name="values">count · rowLength numbers; not copied, and not to be changed afterwards.</param>
    public FloatRows(ReadOnlyMemory<float> values, int rowLength)
    {
        Count = RowBlock.Count(values.Length, rowLength);
        RowLength = rowLength;
        _values = values;
    }

    public override int Count { get; }

    public override int RowLength { get; }

    public override void Prefetch(int row) => CacheHint.Fetch(MemoryMarshal.AsBytes(_values.Span.Slice(row * RowLength, RowLength)));

    public override void CopyRow(int row, Span<float> destination)
    {
        RowBlock.Check(row, Count);
        _values.Span.Slice(row * RowLength, RowLength).CopyTo(destination);
    }
}

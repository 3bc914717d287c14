using TrainService.Tensors.Kernels;
using TrainService.Tensors.Memory;

namespace TrainService.Tensors;

/// <summary>
/// Rows of bytes, as images come, read as byte · scale + offset (rounded once): a quarter of the memory, and of the traffic, of float32.
/// </summary>
public sealed class ByteRows : RowSource
{
    private readonly ReadOnlyMemory<byte> _values;
    private readonly float _scale;
    private readonly float _offset;

    /// <param name="values">count · rowLength bytes; not copied, and not to be changed afterwards.</param>
    public ByteRows(ReadOnlyMemory<byte> values, int rowLength, float scale = 1, float offset = 0)
    {
        Count = RowBlock.Count(values.Length, rowLength);
        RowLength = rowLength;
        (_values, _scale, _offset) = (values, scale, offset);
    }

    public override int Count { get; }

    public override int RowLength { get; }

    public override void Prefetch(int row) => CacheHint.Fetch(_values.Span.Slice(row * RowLength, RowLength));

    public override void CopyRow(int row, Span<float> destination)
    {
        RowBlock.Check(row, Count);
        Elementwise.Widen(_values.Span.Slice(row * RowLength, RowLength), _scale, _offset, destination);
    }
}

using TrainService.Data.Storage;
using TrainService.Tensors;
using TrainService.Tensors.Kernels;
using TrainService.Tensors.Memory;

namespace TrainService.Data.Rows;

/// <summary>Rows of bytes in a mapped file, drawn as byte · scale.</summary>
internal sealed class MappedByteRows(MappedFile file, int count, int rowLength, float scale) : RowSource
{
    public override int Count => count;

    public override int RowLength => rowLength;

    public override void Prefetch(int row) => CacheHint.Fetch(file.Slice((long)row * rowLength, rowLength));

    public override void CopyRow(int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)count, nameof(row));
        Elementwise.Widen(file.Slice((long)row * rowLength, rowLength), scale, 0, destination);
        GC.KeepAlive(file);
    }
}

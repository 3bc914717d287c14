using System.Runtime.InteropServices;
using TrainService.Data.Storage;
using TrainService.Tensors;
using TrainService.Tensors.Memory;

namespace TrainService.Data.Rows;

/// <summary>Rows of little-endian float32 in a mapped file.</summary>
internal sealed class MappedFloatRows(MappedFile file, int count, int rowLength) : RowSource
{
    public override int Count => count;

    public override int RowLength => rowLength;

    public override void Prefetch(int row) => CacheHint.Fetch(file.Slice(4L * row * rowLength, 4 * rowLength));

    public override void CopyRow(int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)count, nameof(row));
        file.Slice(4L * row * rowLength, 4 * rowLength).CopyTo(MemoryMarshal.AsBytes(destination));
        GC.KeepAlive(file);
    }
}

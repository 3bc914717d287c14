using TrainService.Tensors;

namespace TrainService.Data.Rows;

/// <summary>Some rows of another source, in an order of their own.</summary>
internal sealed class IndexedRows(RowSource source, int[] rows) : RowSource
{
    public override int Count => rows.Length;

    public override int RowLength => source.RowLength;

    public override void Prefetch(int row) => source.Prefetch(rows[row]);

    public override void CopyRow(int row, Span<float> destination) => source.CopyRow(rows[row], destination);
}

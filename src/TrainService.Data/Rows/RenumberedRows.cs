using TrainService.Tensors;

namespace TrainService.Data.Rows;

/// <summary>Whole numbers replaced by others: class indices after a selection of classes. A number without a replacement becomes -1.</summary>
internal sealed class RenumberedRows(RowSource source, int[] replacements) : RowSource
{
    public override int Count => source.Count;

    public override int RowLength => 1;

    public override void Prefetch(int row) => source.Prefetch(row);

    public override void CopyRow(int row, Span<float> destination)
    {
        float value = 0;
        source.CopyRow(row, new Span<float>(ref value));
        int index = (int)value;
        destination[0] = (uint)index < (uint)replacements.Length ? replacements[index] : -1;
    }
}

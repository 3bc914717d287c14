using TrainService.Tensors;

namespace TrainService.Data.Rows;

/// <summary>Class indices as vectors: 1 at the class's place, 0 elsewhere.</summary>
internal sealed class OneHotRows(RowSource classes, int classCount) : RowSource
{
    public override int Count => classes.Count;

    public override int RowLength => classCount;

    public override void Prefetch(int row) => classes.Prefetch(row);

    public override void CopyRow(int row, Span<float> destination)
    {
        float index = 0;
        classes.CopyRow(row, new Span<float>(ref index));
        destination = destination[..classCount];
        destination.Clear();
        destination[(int)index] = 1;
    }
}

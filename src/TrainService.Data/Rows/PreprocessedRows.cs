using TrainService.Data.Preprocessing;
using TrainService.Tensors;

namespace TrainService.Data.Rows;

/// <summary>Rows with fitted steps applied as they are drawn.</summary>
internal sealed class PreprocessedRows(RowSource source, FittedStep[] steps) : RowSource
{
    public override int Count => source.Count;

    public override int RowLength => source.RowLength;

    public override void Prefetch(int row) => source.Prefetch(row);

    public override void CopyRow(int row, Span<float> destination)
    {
        destination = destination[..RowLength];
        source.CopyRow(row, destination);
        foreach (FittedStep step in steps) step.Apply(destination);
    }
}

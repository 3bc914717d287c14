using TrainService.Data.Requests;
using TrainService.Tensors;

namespace TrainService.Training.Tests.Support;

/// <summary>The same rows, drawn slowly: a run long enough to be interrupted.</summary>
internal sealed class SlowRows(RowSource inner) : RowSource
{
    public override int Count => inner.Count;

    public override int RowLength => inner.RowLength;

    public static PreparedData In(PreparedData data) => data with { Train = data.Train with { Inputs = new SlowRows(data.Train.Inputs) } };

    public override void CopyRow(int row, Span<float> destination)
    {
        Thread.SpinWait(2000);
        inner.CopyRow(row, destination);
    }
}

using TrainService.Tensors;

namespace TrainService.Training.Inference.Explaining;

/// <summary>Variants of one row, made when they are needed: however many there are, they take no memory.</summary>
internal sealed class VariantRows(int count, int length, VariantRows.Maker make) : RowSource
{
    /// <summary>Writes variant <paramref name="number"/>. Called from several threads.</summary>
    public delegate void Maker(int number, Span<float> row);

    public override int Count => count;

    public override int RowLength => length;

    public override void CopyRow(int row, Span<float> destination) => make(row, destination);
}

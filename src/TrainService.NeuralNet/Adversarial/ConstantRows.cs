using TrainService.Tensors;

namespace TrainService.NeuralNet.Adversarial;

/// <summary>Rows that are all the same number: "all of these are real".</summary>
internal sealed class ConstantRows(float value, int length) : RowSource
{
    public override int Count => int.MaxValue;

    public override int RowLength => length;

    public override void CopyRow(int row, Span<float> destination) => destination[..length].Fill(value);
}

using TrainService.Tensors;

namespace TrainService.Data;

/// <summary>Rows to train, validate or test on.</summary>
/// <param name="Inputs">One row of input numbers for each sample.</param>
/// <param name="Targets">One row of targets for each sample: the class's index, a number, or a vector.</param>
/// <param name="SampleWeights">One a row, or empty when every row counts the same.</param>
public sealed record Split(RowSource Inputs, RowSource Targets, ReadOnlyMemory<float> SampleWeights)
{
    /// <summary>How many rows.</summary>
    public int Count => Inputs.Count;
}

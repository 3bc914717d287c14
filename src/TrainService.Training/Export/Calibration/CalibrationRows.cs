using TrainService.Tensors;

namespace TrainService.Training.Export.Calibration;

/// <summary>Rows on which the ranges of activations are measured, spread evenly over a dataset's training rows.</summary>
internal sealed class CalibrationRows(string dataset, RowSource all, int count) : RowSource
{
    /// <summary>At most so many: ranges hardly grow with more.</summary>
    public const int Most = 256;

    /// <summary>Floating-point operations that measuring may take: an export is waited for.</summary>
    private const double MostOperations = 5e11;

    public string Dataset => dataset;

    public override int Count => count;

    public override int RowLength => all.RowLength;

    /// <param name="flops">Of the network, for one row.</param>
    public static CalibrationRows Of(string dataset, RowSource all, long flops)
        => new(dataset, all, (int)Math.Clamp(MostOperations / (2.0 * Math.Max(1, flops)), 1, Math.Min(Most, all.Count)));

    public override void CopyRow(int row, Span<float> destination) => all.CopyRow((int)((long)row * all.Count / count), destination);
}

using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.NeuralNet.Plan;

/// <summary>
/// A batch normalization, and perhaps an activation, that has not been carried out: whoever reads the value does it on the way. So the normalized image is
/// never written to memory, and the backward pass has nothing to keep but what was normalized.
/// </summary>
/// <param name="source">What is normalized.</param>
/// <param name="statistics">Rows of numbers a channel: mean, 1/√(variance + ε), scale, shift.</param>
internal sealed unsafe class PendingMap(Value source, PlanBuffer statistics)
{
    /// <summary>Rows of the statistics.</summary>
    public const int Mean = 0, Inverse = 1, Scale = 2, Shift = 3, Rows = 4;

    public Value Source => source;

    public PlanBuffer Statistics => statistics;

    /// <summary>Limits of the result, which an activation may have set.</summary>
    public (float Low, float High) Limits { get; set; } = (float.NegativeInfinity, float.PositiveInfinity);

    public bool HasLimits => Limits != (float.NegativeInfinity, float.PositiveInfinity);

    /// <summary>For the kernels; only while the plan runs.</summary>
    public ChannelMap Map => new(statistics.Row(Mean), statistics.Row(Scale), statistics.Row(Shift), Limits.Low, Limits.High);

    public IEnumerable<Touch> Reads => [new(source.Buffer, Access.RowsOnly), new(statistics, Access.All)];
}

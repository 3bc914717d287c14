using System.Runtime.Intrinsics;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>What batch normalization does to each channel, y = (x - mean) · scale + shift: of the batch's statistics or, without them, of the moving ones.</summary>
internal sealed unsafe class BatchNormCoefficients(BatchNormTensors tensors, PlanBuffer? statistics)
{
    public IEnumerable<Touch> Touches => tensors.Buffers.Select(b => new Touch(b, Access.All)).Concat(statistics is null ? [] : [new Touch(statistics, Access.All)]);

    public BatchNormTensors Tensors => tensors;

    public Vector512<float> Mean(int channel) => Vector512.Load((statistics is null ? tensors.Mean.Values : statistics.Row(0)) + channel);

    /// <summary>1 / √(variance + ε).</summary>
    public Vector512<float> Inverse(int channel) => statistics is null
        ? Vector512<float>.One / Vector512.Sqrt(Vector512.Load(tensors.Variance.Values + channel) + Vector512.Create(tensors.Epsilon))
        : Vector512.Load(statistics.Row(1) + channel);

    public Vector512<float> Scale(int channel) => tensors.GammaAt(channel) * Inverse(channel);

    public Vector512<float> Shift(int channel) => tensors.BetaAt(channel);
}

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>What a pooled image is held within: an activation that stood before the pooling. Beyond its limits no gradient passes.</summary>
internal readonly record struct PoolLimits(float Low, float High)
{
    public static PoolLimits None { get; } = new(float.NegativeInfinity, float.PositiveInfinity);

    public bool IsNone => this == None;
}

namespace TrainService.Tensors.Kernels.Normalization;

/// <summary>
/// What is done to each channel of an image as it is read: z = (x - mean) · scale + shift, limited to [low, high]. It stands for a batch normalization and
/// an activation whose result is never written to memory.
/// </summary>
/// <param name="mean">One a channel, as are the next two; null: z = x.</param>
/// <param name="scale">γ / √(variance + ε).</param>
/// <param name="shift">β.</param>
/// <param name="low">0 for relu and relu6; -∞ for none.</param>
/// <param name="high">6 for relu6; ∞ for none.</param>
public readonly unsafe struct ChannelMap(float* mean, float* scale, float* shift, float low, float high)
{
    public float* Mean => mean;

    public float* Scale => scale;

    public float* Shift => shift;

    public float Low => low;

    public float High => high;

    /// <summary>Nothing is done.</summary>
    public bool IsIdentity => mean == null;

    /// <summary>The same for the channels from <paramref name="channel"/> on.</summary>
    public ChannelMap From(int channel) => mean == null ? this : new(mean + channel, scale + channel, shift + channel, low, high);
}

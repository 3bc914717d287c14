namespace TrainService.NeuralNet.Plan;

/// <summary>Dropout masks from outside.</summary>
public interface IDropoutMasks
{
    /// <summary>Writes y = x · keep / (1 - rate) for one row of the batch; called for the gradient with the same arguments.</summary>
    /// <param name="stream">Of the layer: <see cref="State.NetworkState.StreamOf"/> its name.</param>
    /// <param name="iteration">Updates done before this one.</param>
    /// <param name="row">Of the batch.</param>
    /// <param name="rate">Share that is dropped.</param>
    void Apply(uint stream, long iteration, int row, float rate, ReadOnlySpan<float> x, Span<float> y);
}

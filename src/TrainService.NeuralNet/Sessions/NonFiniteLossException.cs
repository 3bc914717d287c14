namespace TrainService.NeuralNet.Sessions;

/// <summary>The loss of a batch is not a finite number. The update was not applied: the weights are those from before the step.</summary>
public sealed class NonFiniteLossException(long iteration, double loss)
    : Exception($"The loss of update {iteration + 1} is {loss}: the update was rejected.")
{
    /// <summary>Updates done before the rejected one.</summary>
    public long Iteration { get; } = iteration;
}

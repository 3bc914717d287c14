using TrainService.NeuralNet.Activations;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Losses;

/// <summary>
/// The loss of one row (sample) and its gradient. The loss of a batch is the sum of row loss · row weight over the batch, divided by the
/// number of rows (Keras's sum_over_batch_size). Called from several threads for different rows: no state, no allocation.
/// </summary>
public abstract class Loss
{
    /// <summary>
    /// Numbers in a target row for predictions of <paramref name="outputLength"/> numbers: as many, or 1 for class indices.
    /// </summary>
    public virtual int TargetLength(int outputLength) => outputLength;

    /// <summary>
    /// A loss that takes the input of <paramref name="last"/> (the logits) in place of its output and gives the same value more exactly
    /// and in one pass; null when there is none. The plan then leaves that activation out of the training step.
    /// </summary>
    public virtual Loss? FuseWith(Activation last) => null;

    /// <summary>True when the numbers along the last axis belong together (as probabilities of classes do); false when the mean of all numbers is the same.</summary>
    public virtual bool SpansAxis => false;

    /// <summary>The loss of outputs of this shape: with more than one axis the mean over the positions, where that makes a difference.</summary>
    public Loss Over(Shape output) => output.Rank < 2 || output.Size == output[-1] || !SpansAxis ? this : new PositionwiseLoss(this, checked((int)(output.Size / output[-1])), output[-1]);

    /// <summary>Row loss in double precision.</summary>
    public abstract double Value(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target);

    /// <summary>Row loss, and <paramref name="gradient"/> = <paramref name="scale"/> · d(row loss)/d(prediction).</summary>
    /// <param name="scale">Row weight divided by the rows of the batch.</param>
    public abstract double ValueAndGradient(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, float scale);
}

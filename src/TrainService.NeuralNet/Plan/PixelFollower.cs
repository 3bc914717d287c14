namespace TrainService.NeuralNet.Plan;

/// <summary>
/// Work on pixels that were just written, while they lie in cache: sums over an image, or what an activation does to a gradient. The step that writes them
/// calls it; where none does, <see cref="Steps.FollowerStep"/> runs it by itself.
/// </summary>
internal abstract class PixelFollower
{
    public abstract IReadOnlyList<Touch> Reads { get; }

    public abstract IReadOnlyList<Touch> Writes { get; }

    /// <summary>Pixels of a sample.</summary>
    public abstract int Pixels { get; }

    public virtual int ScratchLength => 0;

    /// <summary>Works on some or all pixels of a sample from <paramref name="done"/> to <paramref name="available"/> - 1; on all when these are the last.</summary>
    /// <returns>Pixels done now. Where they are cut must make no difference to any result.</returns>
    public abstract unsafe int Run(int sample, int done, int available, float* scratch);
}

using TrainService.Data.Requests;
using TrainService.Tensors;

namespace TrainService.Training.Running.Feeding;

/// <summary>Where the steps of a run draw their rows from. For one thread, which calls <see cref="Take"/> before a step and <see cref="Done"/> behind it.</summary>
internal abstract class BatchFeed : IDisposable
{
    public abstract RowSource Inputs { get; }

    public abstract RowSource Targets { get; }

    /// <summary>One a row of the sources, or empty.</summary>
    public abstract ReadOnlyMemory<float> Weights { get; }

    /// <summary>Time that computing threads have spent on waiting for rows, or on making those that were not ready, since this was last asked; zero when nothing is made.</summary>
    public virtual TimeSpan TakeLateTime() => TimeSpan.Zero;

    /// <param name="weights">How much each training row counts; empty when all count the same.</param>
    /// <param name="batch">Rows of a step at most.</param>
    public static BatchFeed Of(PreparedData data, ReadOnlyMemory<float> weights, ulong seed, bool shuffle, int batch)
        => data.Augmented is { } rows
            ? new AheadFeed(rows, weights, () => new EpochOrder(rows.Count, seed, shuffle), batch)
            : new PlainFeed(data.Train, weights, new EpochOrder(data.Train.Count, seed, shuffle));

    /// <summary>Which rows of the sources are an epoch's rows <paramref name="begin"/> to <paramref name="begin"/> + <paramref name="count"/>, in its order.</summary>
    /// <param name="epoch">From 0, numbered through all phases.</param>
    public abstract ReadOnlySpan<int> Take(int epoch, int begin, int count);

    /// <summary>The rows that were taken last are not read any more.</summary>
    public virtual void Done()
    {
    }

    public virtual void Dispose()
    {
    }
}

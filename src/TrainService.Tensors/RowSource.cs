namespace TrainService.Tensors;

/// <summary>
/// Rows of numbers that a training step draws its batch from: features or targets of a dataset. Row i is always the same numbers, unless <see cref="Varies"/>.
/// Called from compute threads, several at once, for different rows: implementations keep no mutable state and allocate nothing.
/// </summary>
public abstract class RowSource
{
    /// <summary>How many rows there are.</summary>
    public abstract int Count { get; }

    /// <summary>Numbers in a row (the product of the sample's shape).</summary>
    public abstract int RowLength { get; }

    /// <summary>True when a row is not the same numbers each time, as with random changes to images: then nothing may be kept of it.</summary>
    public virtual bool Varies => false;

    /// <summary>
    /// A hint that the row will be read soon. Rows drawn at random miss every cache; asked for together beforehand, they come side by side instead of one
    /// after the other. For sources in memory, and those that read from such; any row that is there is allowed.
    /// </summary>
    public virtual void Prefetch(int row)
    {
    }

    /// <summary>Called before the steps of an epoch, while nobody draws: sources that vary by epoch remember it.</summary>
    /// <param name="epoch">From 0, numbered through.</param>
    public virtual void BeginEpoch(int epoch)
    {
    }

    /// <summary>Writes row <paramref name="row"/> as float32.</summary>
    public abstract void CopyRow(int row, Span<float> destination);
}

namespace TrainService.Data.Storage;

/// <summary>Bytes that one upload may still write.</summary>
internal sealed class StorageBudget(long limit)
{
    public long Used { get; private set; }

    /// <summary>Throws <see cref="StorageBudgetException"/> when the limit would be passed.</summary>
    public void Take(long bytes)
    {
        if (bytes > limit - Used) throw new StorageBudgetException(limit);
        Used += bytes;
    }
}

/// <summary>An upload unpacks to more than it may.</summary>
internal sealed class StorageBudgetException(long limit) : Exception($"The dataset takes more than the {limit:N0} bytes that one may have on disk.");

namespace TrainService.Queue;

public sealed record QueueOptions
{
    /// <summary>How many jobs run at the same time in this process.</summary>
    public int MaxConcurrency { get; init; } = 1;

    /// <summary>How often the sweeper makes the queue follow the jobs table.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(15);
}

namespace TrainService.Queue;

public sealed record QueueOptions
{
    /// <summary>How many jobs run at the same time in this process.</summary>
    public int MaxConcurrency { get; init; } = 1;

    /// <summary>How often the sweeper makes the queue follow the jobs table.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether this process runs jobs, or only puts them into the queue.</summary>
    public bool RunsJobs { get; init; } = true;

    /// <summary>PostgreSQL, for many processes over one queue; null for one process, whose queue is in memory.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>With many processes: a node that has not said that it lives for so long is taken for dead.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);
}

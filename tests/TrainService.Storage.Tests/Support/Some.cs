using TrainService.Jobs;
using TrainService.Jobs.Ports;

namespace TrainService.Storage.Tests.Support;

/// <summary>Jobs, moves and reports for tests.</summary>
internal static class Some
{
    public static JobRecord Job(string? name = "a job", int priority = 0, string kind = "train", params (string Name, string Value)[] labels)
    {
        DateTimeOffset now = TimeProvider.System.Now();
        return new()
        {
            Id = Ids.New("job"), Name = name, Kind = kind, Labels = labels.ToDictionary(l => l.Name, l => l.Value), Priority = priority,
            MaxAttempts = 3, Status = JobStatus.Queued, SpecJson = """{"seed":42}""", ResolvedJson = """{"seed":42,"epochs":10}""",
            SummaryJson = """{"parameters":7}""", WarningsJson = "[]", CreatedAt = now, QueuedAt = now,
        };
    }

    public static async Task<JobRecord> SubmittedAsync(this IJobStore store, JobRecord? job = null)
        => (await store.SubmitAsync(job ?? Job(), null, default)).Job!;

    /// <summary>A job with a run.</summary>
    public static async Task<JobRecord> RunningAsync(this IJobStore store, JobRecord? job = null)
        => await store.StartedAsync((await store.SubmittedAsync(job)).Id);

    public static async Task<JobRecord> StartedAsync(this IJobStore store, string id)
    {
        MoveOutcome outcome = await store.MoveAsync(new(id, JobAction.Start, NewRunToken: Ids.New("run")), default);
        outcome.Result.ShouldBe(MoveResult.Moved);
        return outcome.Job!;
    }

    /// <summary>At step 1, by this run.</summary>
    public static NewCheckpoint Checkpoint(JobRecord run) => new(run.Id, run.RunToken, 0, 1, "{}", "{}");

    public static NewJobEvent Event(int n, string type = "progress", string? key = null) => new(type, $$"""{"n":{{n}}}""", key);

    public static async Task<IReadOnlyList<JobEvent>> LogAsync(this IJobStore store, string id) => await store.EventsAsync(id, 0, 1000, default);
}

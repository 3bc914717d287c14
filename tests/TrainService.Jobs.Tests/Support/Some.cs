using System.Text.Json;
using TrainService.Jobs.Ports;

namespace TrainService.Jobs.Tests.Support;

/// <summary>Jobs for tests.</summary>
internal static class Some
{
    public static JsonElement Spec { get; } = JsonSerializer.Deserialize<JsonElement>("""{"seed": 42}""");

    public static CompiledSpec Compiled { get; } = new()
    {
        Envelope = new("a job", "train", new Dictionary<string, string> { ["team"] = "vision" }, 0, 3, null, 1, null),
        ResolvedJson = """{"seed":42,"epochs":1}""",
        SummaryJson = """{"parameters":7}""",
        Warnings = [new("/loss", "mismatch", "It is odd.", "Change it.")],
    };

    public static JobRecord Job() => JobFactory.Create(Spec, Compiled, DateTimeOffset.UtcNow);

    public static async Task<JobRecord> SubmittedAsync(this IJobStore store, JobRecord? job = null)
        => (await store.SubmitAsync(job ?? Job(), null, default)).Job!;

    public static async Task<JobRecord> RunningAsync(this IJobStore store, JobRecord? job = null)
        => (await store.MoveAsync(new((await store.SubmittedAsync(job)).Id, JobAction.Start, NewRunToken: Ids.New("run")), default)).Job!;
}

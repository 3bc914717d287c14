using TrainService.Jobs;

namespace TrainService.Training.Tests.Support;

/// <summary>How jobs have ended, compared.</summary>
internal static class Ends
{
    /// <summary>The two have logged the same epochs with the same figures, and ended with the same weights.</summary>
    public static async Task ShouldEndAlikeAsync(this RunHarness harness, JobRecord a, JobRecord b)
    {
        (await harness.FiguresAsync(b)).ShouldBe(await harness.FiguresAsync(a));
        (await CheckpointsAsync(harness, b)).ShouldBe(await CheckpointsAsync(harness, a));
        (await LogAsync(harness, b)).ShouldBe(await LogAsync(harness, a));
        (await harness.Jobs.FindAsync(b.Id, default))!.Phase.ShouldBe((await harness.Jobs.FindAsync(a.Id, default))!.Phase);
        IReadOnlyDictionary<string, byte[]> first = await harness.LastAsync(a), second = await harness.LastAsync(b);
        second.Keys.ShouldBe(first.Keys);
        foreach ((string name, byte[] bytes) in first) second[name].SequenceEqual(bytes).ShouldBeTrue(name);
    }

    /// <summary>Every epoch's figures but times.</summary>
    public static async Task<string[]> FiguresAsync(this RunHarness harness, JobRecord job)
        => [.. (await harness.EventsAsync(job.Id, "epoch")).Select(e => string.Join(' ',
            e.EnumerateObject().Where(p => p.Name is not ("duration_seconds" or "samples_per_second" or "data_wait")).Select(p => p.Name + "=" + p.Value.GetRawText())))];

    /// <summary>The tensors of the last checkpoint.</summary>
    public static async Task<IReadOnlyDictionary<string, byte[]>> LastAsync(this RunHarness harness, JobRecord job)
        => await harness.TensorsAsync((await harness.SavedAsync(job.Id)).MaxBy(c => c.Step)!);

    private static async Task<IEnumerable<(long, string?)>> CheckpointsAsync(RunHarness harness, JobRecord job)
        => (await harness.EventsAsync(job.Id, "checkpoint")).Select(e => (e.GetProperty("step").GetInt64(), e.GetProperty("reason").GetString()));

    private static async Task<IEnumerable<string?>> LogAsync(RunHarness harness, JobRecord job)
        => (await harness.EventsAsync(job.Id, "log")).Select(e => e.GetProperty("message").GetString());
}

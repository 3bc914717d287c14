using System.Globalization;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests.Crash;

/// <summary>
/// The process that gets killed: writes everything a service writes, as fast as it can, and says on its output what it was promised, one
/// line each, after the promise.
/// </summary>
internal static class CrashWriter
{
    private const int Submitters = 4;

    /// <param name="args">The data folder.</param>
    public static async Task<int> Main(string[] args)
    {
        if (args is not [{ } folder])
        {
            await Console.Error.WriteLineAsync("Usage: dotnet TrainService.Storage.Tests.dll FOLDER (it writes until it is killed)");
            return 2;
        }
        await using TrainStorage storage = await TrainStorage.OpenAsync(new(folder));
        await Task.WhenAll([.. Enumerable.Range(0, Submitters).Select(_ => Task.Run(() => SubmitAsync(storage))), Task.Run(() => TrainAsync(storage))]);
        return 0;
    }

    public static byte[] State(int n) => Bytes.Random(50_000 + n, n);

    private static async Task SubmitAsync(TrainStorage storage)
    {
        while (true)
            Promise($"job {(await storage.Jobs.SubmittedAsync()).Id}");
    }

    private static async Task TrainAsync(TrainStorage storage)
    {
        JobRecord run = await storage.Jobs.RunningAsync();
        Promise($"run {run.Id}");
        for (int step = 1; ; step++)
        {
            await storage.Jobs.ReportAsync(new(run.Id, run.RunToken!) { Events = [Some.Event(step), Some.Event(-step)] }, default);
            Promise(string.Create(CultureInfo.InvariantCulture, $"step {step}"));
            if (step % 3 == 0 && await storage.Checkpoints.SaveResumePointAsync(run.Id, run.RunToken!, State(step).WriterOf(), default))
                Promise(string.Create(CultureInfo.InvariantCulture, $"resume {step}"));
            if (step % 5 == 0)
            {
                NewCheckpoint checkpoint = Some.Checkpoint(run) with { Step = step, Announce = c => new("checkpoint", $$"""{"id":"{{c.Id}}"}""") };
                CheckpointRecord saved = (await storage.Checkpoints.SaveAsync(checkpoint, State(step).WriterOf(), default))!;
                Promise($"checkpoint {saved.Id}");
            }
        }
    }

    private static void Promise(string line)
    {
        lock (Console.Out)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TrainService.Benchmarks.Service;

/// <summary>A training with and without a thousand clients on its event stream, in turn; the clients are a process of their own.</summary>
internal static class SubscriberBenchmark
{
    public static async Task<int> RunAsync(int subscribers, double seconds, int units, int rounds)
    {
        await using ServiceProcess service = await ServiceProcess.StartAsync();
        string job = await service.SubmitAsync(Job(units));
        List<double> without = [], with = [];
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        using Process server = Process.GetProcessById(service.ProcessId);
        long before = Memory(server), peak = 0;
        double beside = 0, besideWith = 0;
        string last = "";
        for (int round = 0; round < rounds; round++)
        {
            double start = ProcessorTime.BesideTraining(service.ProcessId);
            without.AddRange(await EpochsAsync(service, job, seconds));
            beside += ProcessorTime.BesideTraining(service.ProcessId) - start;
            using Process clients = Process.Start(new ProcessStartInfo("dotnet",
                [typeof(SubscriberBenchmark).Assembly.Location, "subscribe", service.Client.BaseAddress!.ToString(), job, $"{subscribers}"])
            {
                RedirectStandardOutput = true, RedirectStandardInput = true,
                // The clients share the trainer's cores: a thousand readings must not be a thousand tasks of a thread pool.
                Environment = { ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1" },
            })!;
            string? ready = await clients.StandardOutput.ReadLineAsync();
            if (ready != "following") throw new InvalidOperationException($"The clients say {ready}.");
            start = ProcessorTime.BesideTraining(service.ProcessId);
            with.AddRange(await EpochsAsync(service, job, seconds));
            besideWith += ProcessorTime.BesideTraining(service.ProcessId) - start;
            peak = Math.Max(peak, Memory(server));
            if (round == rounds - 1) await service.CancelAsync(job);
            else await clients.StandardInput.WriteLineAsync("stop");
            last = await clients.StandardOutput.ReadToEndAsync();
            await clients.WaitForExitAsync();
            Print($"round {round + 1}: {last.Trim()}");
        }
        Print($"the service's processor time beside training: {besideWith / (rounds * seconds) * 1000:F1} ms a second with them, {beside / (rounds * seconds) * 1000:F1} without");
        double mine = Median(without), theirs = Median(with);
        Print($"{subscribers:N0} subscribers: an epoch takes {theirs * 1000:F1} ms with them, {mine * 1000:F1} ms without: {(theirs / mine - 1) * 100:F1} % more (medians of {with.Count} and {without.Count} epochs)");
        Print($"memory of the service: {before >> 20} MiB before, {peak >> 20} MiB at most with them");
        return last.Contains("out of order 0", StringComparison.Ordinal) && last.Contains("behind 0", StringComparison.Ordinal) ? 0 : 1;
    }

    /// <summary>The process of the clients: follows, says so, and tells in the end what came.</summary>
    public static async Task<int> FollowAsync(string address, string job, int count)
    {
        using var stop = new CancellationTokenSource();
        EventReader[] readers = [.. Enumerable.Range(0, count).Select(_ => new EventReader())];
        List<Task> all = [];
        foreach (EventReader reader in readers)
        {
            all.Add(reader.FollowAsync(new Uri(address), job, stop.Token));
            if (all.Count % 50 == 0) await Task.Delay(20);
        }
        while (readers.Any(r => r.Last == 0)) await Task.Delay(50);
        Console.WriteLine("following");
        Task ended = Task.WhenAll(all);
        if (await Task.WhenAny(ended, Task.Run(Console.ReadLine)) != ended) await stop.CancelAsync();
        string end = stop.IsCancellationRequested ? "left" : "all streams ended by themselves";
        await ended.ContinueWith(_ => { }, TaskScheduler.Default);
        long most = readers.Max(r => r.Last);
        // Who left early may have left between two others' last events.
        int behind = readers.Count(r => r.Last < most - (stop.IsCancellationRequested ? 5 : 0));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count} followed to event {most}, out of order {readers.Sum(r => r.OutOfOrder)}, behind {behind}, {end}; {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:F1} s of processor time"));
        foreach (EventReader reader in readers) reader.Dispose();
        return 0;
    }

    private static async Task<IEnumerable<double>> EpochsAsync(ServiceProcess service, string job, double seconds)
    {
        JsonElement now = await service.GetAsync($"jobs/{job}");
        int from = now.GetProperty("progress") is { ValueKind: JsonValueKind.Object } progress ? progress.GetProperty("epoch").GetInt32() : 0;
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        JsonElement all = await service.GetAsync($"jobs/{job}/metrics");
        return [.. all.GetProperty("epochs").EnumerateArray().Where(e => e.GetProperty("epoch").GetInt32() >= from + 1).Select(e => e.GetProperty("duration_seconds").GetDouble())];
    }

    private static object Job(int units) => new
    {
        dataset = new { name = "fashion-mnist" },
        model = new { type = "sequential", layers = new object[] { "flatten", new { type = "dense", units, activation = "relu" }, new { type = "dense", units = 10, activation = "softmax" } } },
        loss = "sparse_categorical_crossentropy",
        optimizer = new { type = "sgd", learning_rate = 0.01 },
        schedule = "constant",
        callbacks = Array.Empty<object>(),
        checkpoint = new { every_epochs = 10000 },
        epochs = 10000,
        seed = 42,
    };

    private static long Memory(Process process)
    {
        process.Refresh();
        return process.WorkingSet64;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

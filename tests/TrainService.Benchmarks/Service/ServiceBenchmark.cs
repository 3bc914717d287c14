using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using TrainService.Benchmarks.Workloads;

namespace TrainService.Benchmarks.Service;

/// <summary>What the service adds to the engine, and what it does for its clients while both cores train.</summary>
internal static class ServiceBenchmark
{
    private const int Rows = 60000;

    /// <summary>In its first seconds a process compiles what it does often: that is paid once, not by every epoch.</summary>
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(15);

    private static readonly object[] Layers =
    [
        "flatten", new { type = "dense", units = 300, activation = "relu" }, new { type = "dense", units = 100, activation = "relu" },
        new { type = "dense", units = 10, activation = "softmax" },
    ];

    public static async Task<int> RunAsync(double seconds, int checkpointEvery)
    {
        await using ServiceProcess service = await ServiceProcess.StartAsync();
        string first = await service.SubmitAsync(Job(10000, checkpointEvery));
        await Task.Delay(Warming);
        await service.CancelAsync(first);
        await OverheadAsync(service, checkpointEvery);
        await AnswersUnderLoadAsync(service, seconds, checkpointEvery);
        return 0;
    }

    /// <summary>Time from one epoch event to the next over HTTP, against the same steps in this process, in turn.</summary>
    private static async Task OverheadAsync(ServiceProcess service, int checkpointEvery)
    {
        List<double> http = [], engine = [], delay = [];
        for (int round = 0; round < 5; round++)
        {
            engine.Add(EngineEpoch());
            string job = await service.SubmitAsync(Job(8, checkpointEvery));
            DateTimeOffset? last = null;
            List<double> epochs = [];
            await foreach ((JsonElement e, DateTimeOffset arrived) in service.FollowAsync(job))
            {
                if (e.GetProperty("type").GetString() != "epoch") continue;
                DateTimeOffset at = e.GetProperty("at").GetDateTimeOffset();
                delay.Add((arrived - at).TotalMilliseconds);
                if (last is { } before) epochs.Add((at - before).TotalSeconds);
                last = at;
            }

            http.Add(Median(epochs));
        }

        double mine = Median(engine), over = Median(http);
        Print($"epoch of 60,000 rows, batch 32: engine alone {mine * 1000:F0} ms, as a job over HTTP {over * 1000:F0} ms, {(over / mine - 1) * 100:F1} % more (medians of 5 pairs)");
        Print($"epoch event in a client of the event stream: median {Median(delay):F1} ms, worst {delay.Max():F1} ms after it was logged");
    }

    private static async Task AnswersUnderLoadAsync(ServiceProcess service, double seconds, int checkpointEvery)
    {
        string training = await service.SubmitAsync(Job(10000, checkpointEvery));
        await Task.Delay(2000);
        object small = new { dataset = new { name = "blobs" }, model = new { type = "sequential", layers = new object[] { new { type = "dense", units = 3, activation = "softmax" } } }, loss = "sparse_categorical_crossentropy", epochs = 1, priority = -1 };
        List<Task<double>> answers = [];
        List<string> jobs = [];
        Stopwatch clock = Stopwatch.StartNew();
        for (int i = 0; clock.Elapsed.TotalSeconds < seconds; i++)
        {
            answers.Add(PostAsync());
            TimeSpan wait = TimeSpan.FromMilliseconds((i + 1) * 20.0) - clock.Elapsed;
            if (wait > TimeSpan.Zero) await Task.Delay(wait);
        }

        double[] times = await Task.WhenAll(answers);
        Array.Sort(times);
        Print($"POST /jobs at 50 a second for {seconds:F0} s while a job trains on every core: {times.Length} answers, median {times[times.Length / 2]:F1} ms, p99 {times[(int)(times.Length * 0.99)]:F1} ms, worst {times[^1]:F1} ms");
        await service.CancelAsync(training);

        async Task<double> PostAsync()
        {
            long start = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await service.Client.PostAsJsonAsync(new Uri("jobs", UriKind.Relative), small);
            answer.EnsureSuccessStatusCode();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private static object Job(int epochs, int checkpointEvery) => new
    {
        dataset = new { name = "fashion-mnist" },
        model = new { type = "sequential", layers = Layers },
        loss = "sparse_categorical_crossentropy",
        optimizer = new { type = "sgd", learning_rate = 0.01, momentum = 0.9 },
        schedule = "constant",
        metrics = new[] { "accuracy" },
        callbacks = Array.Empty<object>(),
        checkpoint = new { every_epochs = checkpointEvery },
        epochs,
        seed = 42,
    };

    private static double EngineEpoch()
    {
        using Workload workload = Catalog.Create("mlp_sgd32_accuracy", Environment.ProcessorCount);
        List<double> epochs = [];
        for (int epoch = 0; epoch < 4; epoch++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Rows / workload.Batch; i++) workload.Step();
            if (epoch > 0) epochs.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Median(epochs);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

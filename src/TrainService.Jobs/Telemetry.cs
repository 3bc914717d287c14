using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TrainService.Jobs;

/// <summary>
/// What the service tells of itself, by the base library's own means: whoever listens (the metrics page, an OTLP exporter) decides what it costs.
/// A job's runs continue the trace of the request that sent it.
/// </summary>
public static class Telemetry
{
    /// <summary>Of the activity source and of the meter.</summary>
    public const string Name = "TrainService";

    public static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Submitted = Meter.CreateCounter<long>("trainservice.jobs.submitted", "{job}", "Jobs taken.");
    private static readonly Counter<long> Ended = Meter.CreateCounter<long>("trainservice.jobs.finished", "{job}", "Jobs over, by status.");
    private static readonly Counter<long> Started = Meter.CreateCounter<long>("trainservice.runs.started", "{run}", "Runs begun; a job that is taken up again has several.");
    private static readonly Counter<long> Samples = Meter.CreateCounter<long>("trainservice.samples", "{sample}", "Rows trained on.");

    private static readonly Histogram<double> Epoch = Histogram("trainservice.epoch.duration", "Training and validation of an epoch.",
        [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3600]);

    private static readonly Histogram<double> Saving = Histogram("trainservice.save.duration", "Writing a checkpoint or a resume point to disk.",
        [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]);

    private static readonly Counter<long> Saved = Meter.CreateCounter<long>("trainservice.save.size", "By", "Bytes of checkpoints and resume points written.");
    private static readonly UpDownCounter<long> Followers = Meter.CreateUpDownCounter<long>("trainservice.subscribers", "{subscriber}", "Clients that follow a job, by door.");

    public static void JobSubmitted(string kind) => Submitted.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public static void JobFinished(JobRecord job) => Ended.Add(1, new KeyValuePair<string, object?>("status", job.Status.Word()));

    /// <summary>The span of one run, a child of the request that sent its job. Null when nobody listens.</summary>
    public static Activity? StartRun(JobRecord job, int threads)
    {
        Started.Add(1);
        // The queue calls from wherever it was woken: that is not where the job comes from.
        Activity.Current = null;
        Activity? span = Activities.StartActivity("job run", ActivityKind.Consumer, job.TraceParent);
        span?.SetTag("job.id", job.Id).SetTag("job.kind", job.Kind).SetTag("job.attempt", job.Attempt).SetTag("job.threads", threads);
        return span;
    }

    /// <param name="rows">Rows trained on.</param>
    public static void EpochDone(double seconds, int rows)
    {
        Epoch.Record(seconds);
        Samples.Add(rows);
    }

    /// <param name="what">checkpoint or resume_point.</param>
    public static void SaveDone(string what, double seconds, long bytes)
    {
        var kind = new KeyValuePair<string, object?>("kind", what);
        Saving.Record(seconds, kind);
        Saved.Add(bytes, kind);
    }

    /// <param name="door">sse or hub.</param>
    /// <param name="change">1 when one comes, -1 when one goes.</param>
    public static void Subscribers(string door, int change) => Followers.Add(change, new KeyValuePair<string, object?>("door", door));

    /// <summary>Has how many jobs there are by status told at each look.</summary>
    public static void ObserveJobs(Func<IEnumerable<Measurement<long>>> look)
        => Meter.CreateObservableGauge("trainservice.jobs.unfinished", look, "{job}", "Jobs that are not over, by status.");

    private static Histogram<double> Histogram(string name, string description, IReadOnlyList<double> bounds)
        => Meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}

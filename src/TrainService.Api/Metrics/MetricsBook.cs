using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using TrainService.Jobs;

namespace TrainService.Api.Metrics;

/// <summary>Listens to the meters of the service, of ASP.NET and of the runtime, and keeps their sums for who asks.</summary>
internal sealed class MetricsBook : IDisposable
{
    public static readonly IReadOnlyList<string> Meters =
        [Telemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "System.Runtime"];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricSeries> _series = new();
    private readonly Lock _reading = new();

    public MetricsBook()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Meters.Contains(instrument.Meter.Name) && KindOf(instrument) is { } kind)
                listener.EnableMeasurementEvents(instrument, _series.GetOrAdd(instrument, i => new MetricSeries(i, kind)));
        };
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((MetricSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => ((MetricSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((MetricSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((MetricSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => ((MetricSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => ((MetricSeries)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>Everything as of now.</summary>
    /// <param name="openMetrics">In OpenMetrics 1.0 rather than in Prometheus's own text format 0.0.4.</param>
    public string Write(bool openMetrics)
    {
        lock (_reading)
        {
            foreach (MetricSeries series in _series.Values)
                series.Forget();
            _listener.RecordObservableInstruments();
            return PrometheusText.Write(_series.Values, openMetrics);
        }
    }

    public void Dispose() => _listener.Dispose();

    private static MetricKind? KindOf(Instrument instrument)
    {
        string type = instrument.GetType().Name;
        return type.StartsWith("Histogram", StringComparison.Ordinal) ? MetricKind.Histogram
            : type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal) ? MetricKind.Counter
            : type.Contains("Gauge", StringComparison.Ordinal) || type.Contains("UpDownCounter", StringComparison.Ordinal) ? MetricKind.Gauge
            : null;
    }
}

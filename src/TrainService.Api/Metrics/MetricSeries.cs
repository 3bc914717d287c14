using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace TrainService.Api.Metrics;

internal enum MetricKind
{
    /// <summary>Only grows: a sum of what was added.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,
    Histogram,
}

/// <summary>All values of one instrument, one for each combination of labels.</summary>
internal sealed class MetricSeries
{
    /// <summary>A label whose values have no end must not fill the memory: what comes beyond this is left out.</summary>
    private const int MostCombinations = 2000;

    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<string, MetricCell> _cells = new(StringComparer.Ordinal);
    private readonly bool _absolute;

    public MetricSeries(Instrument instrument, MetricKind kind)
    {
        (Instrument, Kind, _absolute) = (instrument, kind, instrument.IsObservable);
        Bounds = kind != MetricKind.Histogram ? [] : instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } ? [.. advised] : DefaultBounds;
    }

    public Instrument Instrument { get; }

    public MetricKind Kind { get; }

    /// <summary>Upper bounds of a histogram's buckets, the last (infinity) left out.</summary>
    public IReadOnlyList<double> Bounds { get; }

    public IEnumerable<KeyValuePair<string, MetricCell>> Cells => _cells;

    /// <summary>What an observable instrument does not tell again is gone.</summary>
    public void Forget()
    {
        if (_absolute)
            _cells.Clear();
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = LabelsOf(tags);
        if (!_cells.TryGetValue(labels, out MetricCell? cell))
        {
            if (_cells.Count >= MostCombinations)
                return;
            cell = _cells.GetOrAdd(labels, _ => new MetricCell(Bounds.Count));
        }

        if (Kind == MetricKind.Histogram)
            cell.Count(value, Bounds);
        else if (_absolute)
            cell.Set(value);
        else
            cell.Add(value);
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
            return "";
        var text = new StringBuilder();
        foreach ((string name, object? value) in tags)
        {
            if (text.Length > 0)
                text.Append(',');
            text.Append(PrometheusNames.Of(name)).Append("=\"").Append(PrometheusNames.Escaped(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")).Append('"');
        }

        return text.ToString();
    }
}

/// <summary>One value: a number, or the counts of a histogram.</summary>
internal sealed class MetricCell(int bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[bounds + 1];
    private double _sum;

    public void Add(double value)
    {
        lock (_gate)
            _sum += value;
    }

    public void Set(double value)
    {
        lock (_gate)
            _sum = value;
    }

    public void Count(double value, IReadOnlyList<double> upper)
    {
        int bucket = 0;
        while (bucket < upper.Count && value > upper[bucket])
            bucket++;
        lock (_gate)
        {
            _counts[bucket]++;
            _sum += value;
        }
    }

    /// <summary>As of one moment.</summary>
    public (double Sum, long[] Counts) Read()
    {
        lock (_gate)
            return (_sum, [.. _counts]);
    }
}

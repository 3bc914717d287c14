using System.Globalization;
using System.Text;

namespace TrainService.Api.Metrics;

/// <summary>Metrics as text: <see href="https://prometheus.io/docs/instrumenting/exposition_formats/"/> 0.0.4, or OpenMetrics 1.0.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    public static string Write(IEnumerable<MetricSeries> all, bool openMetrics)
    {
        var text = new StringBuilder();
        // Two instruments of one name (of two meters) would be two families of one name: the first one stands.
        foreach (MetricSeries series in all.Where(s => s.Cells.Any()).OrderBy(NameOf, StringComparer.Ordinal).DistinctBy(NameOf))
            Write(text, series, openMetrics);
        if (openMetrics)
            text.Append("# EOF\n");
        return text.ToString();
    }

    private static string NameOf(MetricSeries series) => PrometheusNames.Of(series.Instrument.Name, series.Instrument.Unit, series.Kind);

    private static void Write(StringBuilder text, MetricSeries series, bool openMetrics)
    {
        string name = NameOf(series), counted = series.Kind == MetricKind.Counter ? name + "_total" : name;
        string family = openMetrics ? name : counted;
        text.Append($"# TYPE {family} {series.Kind.ToString().ToLowerInvariant()}\n");
        if (series.Instrument.Description is { Length: > 0 } description)
            text.Append($"# HELP {family} {PrometheusNames.Escaped(description)}\n");
        foreach ((string labels, MetricCell cell) in series.Cells.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            (double sum, long[] counts) = cell.Read();
            if (series.Kind == MetricKind.Histogram)
                WriteHistogram(text, name, labels, series.Bounds, sum, counts);
            else
                Line(text, counted, labels, sum);
        }
    }

    private static void WriteHistogram(StringBuilder text, string name, string labels, IReadOnlyList<double> bounds, double sum, long[] counts)
    {
        long below = 0;
        string before = labels.Length == 0 ? "" : labels + ",";
        for (int i = 0; i < counts.Length; i++)
        {
            below += counts[i];
            Line(text, name + "_bucket", $"{before}le=\"{(i < bounds.Count ? Number(bounds[i]) : "+Inf")}\"", below);
        }

        Line(text, name + "_sum", labels, sum);
        Line(text, name + "_count", labels, below);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}

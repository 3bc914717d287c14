using System.Diagnostics.Metrics;
using TrainService.Api.Metrics;
using TrainService.Jobs;

namespace TrainService.Api.Tests.Metrics;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly MetricsBook _book = new();
    private readonly Meter _meter = new(Telemetry.Name);

    [Fact]
    public void Counters_gauges_and_histograms_have_their_lines()
    {
        Counter<long> counter = _meter.CreateCounter<long>("test.things", "{thing}", "Things.");
        counter.Add(2, new KeyValuePair<string, object?>("kind", "a"));
        counter.Add(3, new KeyValuePair<string, object?>("kind", "a"));
        counter.Add(1, new KeyValuePair<string, object?>("kind", "b\"\n\\"));
        _meter.CreateUpDownCounter<int>("test.inside").Add(-4);
        _meter.CreateObservableGauge("test.seen", () => 0.25, "1");
        Histogram<double> histogram = _meter.CreateHistogram("test.time", "s", null, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (double value in (double[])[0.05, 0.1, 0.5, 7])
            histogram.Record(value);

        string text = Ours(_book.Write(openMetrics: false));

        text.ShouldBe("""
            # TYPE test_inside gauge
            test_inside -4
            # TYPE test_seen_ratio gauge
            test_seen_ratio 0.25
            # TYPE test_things_total counter
            # HELP test_things_total Things.
            test_things_total{kind="a"} 5
            test_things_total{kind="b\"\n\\"} 1
            # TYPE test_time_seconds histogram
            test_time_seconds_bucket{le="0.1"} 2
            test_time_seconds_bucket{le="1"} 3
            test_time_seconds_bucket{le="+Inf"} 4
            test_time_seconds_sum 7.65
            test_time_seconds_count 4
            """, StringCompareShould.IgnoreLineEndings);
    }

    [Fact]
    public void OpenMetrics_names_a_counters_family_without_total_and_ends()
    {
        _meter.CreateCounter<long>("test.other").Add(1);
        string text = _book.Write(openMetrics: true);
        text.ShouldContain("# TYPE test_other counter\ntest_other_total 1\n");
        text.ShouldEndWith("# EOF\n");
    }

    [Fact]
    public void What_an_observable_does_not_tell_again_is_gone()
    {
        List<Measurement<long>> told = [new(1, new KeyValuePair<string, object?>("status", "queued")), new(2, new KeyValuePair<string, object?>("status", "running"))];
        _meter.CreateObservableGauge("test.jobs", () => told);
        _book.Write(false).ShouldContain("test_jobs{status=\"queued\"} 1");
        told.RemoveAt(0);
        string second = _book.Write(false);
        second.ShouldNotContain("test_jobs{status=\"queued\"}");
        second.ShouldContain("test_jobs{status=\"running\"} 2");
    }

    [Fact]
    public void A_label_without_end_does_not_fill_the_memory()
    {
        Counter<long> counter = _meter.CreateCounter<long>("test.endless");
        for (int i = 0; i < 10_000; i++)
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        _book.Write(false).Split('\n').Count(l => l.StartsWith("test_endless", StringComparison.Ordinal)).ShouldBe(2000);
    }

    [Fact]
    public async Task Many_threads_lose_nothing()
    {
        Counter<long> counter = _meter.CreateCounter<long>("test.busy");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
                counter.Add(1);
        })));
        _book.Write(false).ShouldContain("test_busy_total 80000\n");
    }

    public void Dispose()
    {
        _book.Dispose();
        _meter.Dispose();
    }

    private static string Ours(string text) => string.Join('\n', text.Split('\n').Where(l => l.Contains("test_", StringComparison.Ordinal)));
}

using System.Text.RegularExpressions;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Metrics;

[Collection(ServerCollection.Name)]
public sealed partial class MetricsPageTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task It_counts_what_jobs_and_requests_do_in_lines_that_any_scraper_reads()
    {
        double before = await ValueAsync("trainservice_jobs_finished_total{status=\"succeeded\"}"), epochs = await ValueAsync("trainservice_epoch_duration_seconds_count");
        await _http.WaitForAsync(await _http.SubmitAsync(Specs.Small(epochs: 3)), "succeeded");

        (await ValueAsync("trainservice_jobs_finished_total{status=\"succeeded\"}")).ShouldBeGreaterThanOrEqualTo(before + 1);
        (await ValueAsync("trainservice_epoch_duration_seconds_count")).ShouldBeGreaterThanOrEqualTo(epochs + 3);
        string text = await _http.GetStringAsync("/metrics");
        foreach (string name in (string[])["trainservice_samples_total", "trainservice_save_duration_seconds_bucket", "trainservice_save_size_bytes_total", "trainservice_jobs_unfinished",
            "trainservice_runs_started_total", "http_server_request_duration_seconds_bucket", "kestrel_active_connections", "dotnet_process_memory_working_set_bytes"])
            text.ShouldContain($"\n{name}");
        text.ShouldContain("http_route=\"/jobs/{id}\"");
        text.ShouldNotContain("job_0", Case.Sensitive, "ids are no labels: they would never end");
        foreach (string line in text.TrimEnd('\n').Split('\n'))
            Line().IsMatch(line).ShouldBeTrue(line);
    }

    [Fact]
    public async Task OpenMetrics_is_there_for_who_asks()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
        using HttpResponseMessage answer = await _http.SendAsync(request);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/openmetrics-text");
        (await answer.Content.ReadAsStringAsync()).ShouldEndWith("# EOF\n");
    }

    private async Task<double> ValueAsync(string series)
        => (await _http.GetStringAsync("/metrics")).Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex("""^(# (TYPE [a-z_:][a-z0-9_:]* (counter|gauge|histogram)|HELP [a-z_:][a-z0-9_:]* .*)|[a-zA-Z_:][\w:]*(\{([a-z_]\w*="([^"\\\n]|\\["\\n])*",?)+\})? ([-+]?[0-9.]+(E[-+]?\d+)?|[-+]Inf|NaN))$""")]
    private static partial Regex Line();
}

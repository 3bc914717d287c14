using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Streaming;

/// <summary>One log, four doors: the same events through each.</summary>
[Collection(ServerCollection.Name)]
public class EventDoorTests(SharedServer shared)
{
    private readonly ServerProcess _server = shared.Server;

    [Fact]
    public async Task Curl_follows_a_job_to_its_end()
    {
        string id = await _server.Http.SubmitAsync(Specs.Small(epochs: 5));
        string text = (await CurlAsync(id)).Succeeded();
        string[] blocks = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(b => !b.StartsWith(':')).ToArray();
        IReadOnlyList<JsonNode> log = await _server.Http.EventsAsync(id);
        blocks.Length.ShouldBe(log.Count);
        for (int i = 0; i < log.Count; i++)
        {
            string[] lines = blocks[i].Split('\n');
            lines.Length.ShouldBe(3);
            lines[0].ShouldBe($"id: {i + 1}");
            lines[1].ShouldBe($"event: {log[i]["type"]}");
            lines[2].ShouldStartWith("data: ");
            JsonNode.DeepEquals(JsonNode.Parse(lines[2][6..]), log[i]).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_stream_resumes_after_the_last_event_seen_and_says_when_nothing_is_left()
    {
        string id = await _server.Http.SubmitAsync(Specs.Small(epochs: 4));
        await _server.Http.WaitForAsync(id, "succeeded");
        int count = (await _server.Http.EventsAsync(id)).Count;
        string rest = (await CurlAsync(id, "-H", $"Last-Event-ID: {count - 2}")).Succeeded();
        rest.Split('\n').Where(l => l.StartsWith("id: ", StringComparison.Ordinal)).ShouldBe([$"id: {count - 1}", $"id: {count}"]);
        (await CurlAsync(id, "-H", $"Last-Event-ID: {count}", "-w", "%{http_code}")).Succeeded().ShouldBe("204");
        (await CurlAsync(id, "-H", "Last-Event-ID: x", "-w", "%{http_code}", "-o", "/dev/null")).Succeeded().ShouldBe("400");
    }

    [Fact]
    public async Task A_quiet_stream_says_that_it_is_alive()
    {
        // Behind an endless job this one waits in the queue and says nothing.
        string first = await _server.Http.SubmitAsync(Specs.Endless()), waiting = await _server.Http.SubmitAsync(Specs.Endless());
        CommandResult cut = await CurlAsync(waiting, "--max-time", "2");
        await _server.Http.ActAsync(waiting, "cancel");
        await _server.Http.ActAsync(first, "cancel");
        cut.ExitCode.ShouldBe(28);
        cut.Output.ShouldContain(": alive\n\n");
    }

    [Fact]
    public async Task Pages_of_json_hold_the_log_without_a_gap()
    {
        string id = await _server.Http.SubmitAsync(Specs.Small(epochs: 6));
        await _server.Http.WaitForAsync(id, "succeeded");
        IReadOnlyList<JsonNode> events = await _server.Http.EventsAsync(id, page: 2);
        events.Select(e => e["seq"]!.GetValue<long>()).ShouldBe(Enumerable.Range(1, events.Count).Select(i => (long)i));
        events[0]["data"]!["status"]!.GetValue<string>().ShouldBe("queued");
        events[^1]["data"]!["status"]!.GetValue<string>().ShouldBe("succeeded");
        JsonNode last = await _server.Http.GetJsonAsync($"/jobs/{id}/events?after={events.Count - 1}");
        last["terminal"]!.GetValue<bool>().ShouldBeTrue();
        (await _server.Http.GetJsonAsync($"/jobs/{id}/events?limit=1"))["terminal"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task Every_epoch_carries_its_metrics()
    {
        string id = await _server.Http.SubmitAsync(Specs.Small(epochs: 4));
        await _server.Http.WaitForAsync(id, "succeeded");
        JsonArray epochs = (await _server.Http.GetJsonAsync($"/jobs/{id}/metrics"))["epochs"]!.AsArray();
        epochs.Select(e => e!["epoch"]!.GetValue<int>()).ShouldBe([1, 2, 3, 4]);
        foreach (string metric in (string[])["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "duration_seconds", "samples_per_second"])
            double.IsFinite(epochs[3]![metric]!.GetValue<double>()).ShouldBeTrue(metric);
        (await _server.Http.GetJsonAsync($"/jobs/{id}/metrics?max_points=2"))["epochs"]!.AsArray().Select(e => e!["epoch"]!.GetValue<int>()).ShouldBe([1, 4]);
        using HttpResponseMessage csv = await _server.Http.GetAsync($"/jobs/{id}/metrics?format=csv");
        csv.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        string[] lines = (await csv.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(5);
        lines[0].Split(',').ShouldContain("val_loss");
        lines[1].Split(',').Length.ShouldBe(lines[0].Split(',').Length);
    }

    [Fact]
    public async Task Who_hangs_up_leaves_nothing_behind()
    {
        string id = await _server.Http.SubmitAsync(Specs.Endless());
        for (int i = 0; i < 3; i++)
            (await CurlAsync(id, "--max-time", "0.3")).ExitCode.ShouldBe(28);
        await _server.Http.ActAsync(id, "cancel");
        (await _server.Http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        _server.Output.ShouldNotContain("Unhandled exception");
    }

    private Task<CommandResult> CurlAsync(string id, params string[] more)
        => CommandResult.RunAsync("curl", ["-sSN", $"{_server.Address}/jobs/{id}/events", "-H", "Accept: text/event-stream", .. more]);
}

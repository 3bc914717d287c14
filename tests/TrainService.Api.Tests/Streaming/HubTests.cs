using System.Globalization;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using Xunit.Abstractions;

namespace TrainService.Api.Tests.Streaming;

/// <summary>The hub as a browser uses it: npm's @microsoft/signalr over a real connection.</summary>
[Collection(ServerCollection.Name)]
public class HubTests(SharedServer shared, ITestOutputHelper output)
{
    private readonly ServerProcess _server = shared.Server;

    [NodeFact]
    public async Task A_client_that_is_cut_off_again_and_again_misses_and_repeats_nothing()
    {
        string id = await _server.Http.SubmitAsync(Specs.Endless());
        IReadOnlyList<JsonNode> lines = await SignalRClient.FollowAsync(_server.Address, id, 0, "--cut", "40", "--cancel", "4");
        Of(lines, "error").ShouldBeEmpty();
        Of(lines, "reconnected").Length.ShouldBeGreaterThanOrEqualTo(4);
        await ShouldBeTheLogAsync(id, Of(lines, "event"), after: 0);
    }

    [NodeFact]
    public async Task Subscribing_late_replays_what_was_missed()
    {
        string id = await _server.Http.SubmitAsync(Specs.Small(epochs: 5));
        await _server.Http.WaitForAsync(id, "succeeded");
        IReadOnlyList<JsonNode> lines = await SignalRClient.FollowAsync(_server.Address, id, 3);
        await ShouldBeTheLogAsync(id, Of(lines, "event"), after: 3);
    }

    [NodeFact]
    public async Task The_streaming_method_yields_the_same_and_completes()
    {
        string id = await _server.Http.SubmitAsync(Specs.Small(epochs: 5));
        IReadOnlyList<JsonNode> lines = await SignalRClient.FollowAsync(_server.Address, id, 0, "--stream");
        Of(lines, "complete").ShouldHaveSingleItem();
        await ShouldBeTheLogAsync(id, Of(lines, "event"), after: 0);
    }

    [NodeFact]
    public async Task Who_unsubscribes_hears_nothing_more()
    {
        string id = await _server.Http.SubmitAsync(Specs.Endless());
        IReadOnlyList<JsonNode> lines = await SignalRClient.FollowAsync(_server.Address, id, 0, "--unsubscribe", "5");
        await _server.Http.ActAsync(id, "cancel");
        Of(lines, "quiet").ShouldHaveSingleItem()["more"]!.GetValue<int>().ShouldBe(0);
    }

    [NodeFact]
    public async Task A_job_that_is_not_there_is_an_error_that_says_so()
    {
        IReadOnlyList<JsonNode> lines = await SignalRClient.FollowAsync(_server.Address, "job_none", 0);
        Of(lines, "error").ShouldHaveSingleItem()["message"]!.GetValue<string>().ShouldContain("There is no job 'job_none'.");
        _server.Output.ShouldNotContain("Failed to invoke hub method");
    }

    [NodeFact]
    public async Task How_long_an_epoch_takes_to_reach_a_client_is_measured()
    {
        string id = await _server.Http.SubmitAsync(Specs.Endless());
        IReadOnlyList<JsonNode> lines = await SignalRClient.FollowAsync(_server.Address, id, 0, "--unsubscribe", "1000");
        await _server.Http.ActAsync(id, "cancel");

        // What was logged before the client was there is replayed: only the rest tells how long the way is.
        DateTimeOffset there = Time(Of(lines, "started").Single()["at"]);
        double[] delays = [.. Of(lines, "event").Where(e => e["type"]!.GetValue<string>() == "epoch" && Time(e["at"]) > there)
            .Select(e => (Time(e["received"]) - Time(e["at"])).TotalMilliseconds).Order()];
        delays.ShouldNotBeEmpty();
        output.WriteLine($"epoch to client: median {delays[delays.Length / 2]:0.0} ms, worst {delays[^1]:0.0} ms, {delays.Length} epochs");
    }

    private async Task ShouldBeTheLogAsync(string id, JsonNode[] heard, int after)
    {
        JsonNode[] log = [.. (await _server.Http.EventsAsync(id)).Skip(after)];
        heard.Select(e => e["seq"]!.GetValue<long>()).ShouldBe(log.Select(e => e["seq"]!.GetValue<long>()));
        foreach ((JsonNode got, JsonNode expected) in heard.Zip(log))
        {
            got["job"]!.GetValue<string>().ShouldBe(id);
            JsonNode.DeepEquals(got["data"], expected["data"]).ShouldBeTrue();
        }
    }

    private static JsonNode[] Of(IReadOnlyList<JsonNode> lines, string kind) => [.. lines.Where(l => l["event"]!.GetValue<string>() == kind)];

    private static DateTimeOffset Time(JsonNode? node) => DateTimeOffset.Parse(node!.GetValue<string>(), CultureInfo.InvariantCulture);
}

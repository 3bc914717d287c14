using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Streaming;

/// <summary>The short form of the benchmark "subscribers", which takes a thousand and measures what they cost.</summary>
[Collection(ServerCollection.Name)]
public sealed partial class ManySubscribersTests(SharedServer shared)
{
    private const int Count = 150;

    [Fact]
    public async Task Every_one_of_many_gets_every_event_in_order_to_the_end()
    {
        ServerProcess server = shared.Server;
        string blocker = await server.Http.SubmitAsync(Specs.Endless()), job = await server.Http.SubmitAsync(Specs.Small(epochs: 40));
        Task<long[]>[] following = [.. Enumerable.Range(0, Count).Select(_ => FollowAsync(server, job))];
        await server.Http.ActAsync(blocker, "cancel");
        await server.Http.WaitForAsync(job, "succeeded");

        long[][] all = await Task.WhenAll(following);
        long last = (await server.Http.EventsAsync(job)).Count;
        last.ShouldBeGreaterThan(40);
        foreach (long[] one in all)
            one.ShouldBe(Enumerable.Range(1, (int)last).Select(n => (long)n));
        string gauge = (await server.Http.GetStringAsync("/metrics")).Split('\n').Single(l => l.StartsWith("trainservice_subscribers{door=\"sse\"}", StringComparison.Ordinal));
        gauge.ShouldEndWith(" 0", customMessage: "who has gone is not counted any more");
    }

    private static async Task<long[]> FollowAsync(ServerProcess server, string job)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/jobs/{job}/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using HttpResponseMessage answer = await server.Http.SendAsync(request, HttpCompletionOption.ResponseContentRead);
        return [.. Id().Matches(await answer.Content.ReadAsStringAsync()).Select(m => long.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))];
    }

    [GeneratedRegex(@"^id: (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Id();
}

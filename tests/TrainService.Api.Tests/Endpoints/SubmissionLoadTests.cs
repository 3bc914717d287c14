using System.Diagnostics;
using System.Net;
using TrainService.Api.Tests.Support;
using Xunit.Abstractions;

namespace TrainService.Api.Tests.Endpoints;

/// <summary>Submitting while both cores train: everything is accepted; how long it takes is measured, not judged.</summary>
public class SubmissionLoadTests(ITestOutputHelper output)
{
    private const int Requests = 250, PerSecond = 50;

    [Fact]
    public async Task Jobs_are_taken_while_another_trains()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        string training = await server.Http.SubmitAsync(Specs.Heavy());
        await Wait.UntilAsync(async () => (await server.Http.GetJsonAsync($"/jobs/{training}"))["progress"]?["epoch"]?.GetValue<int>() >= 1, "it trains");
        string body = Specs.Small(epochs: 1).ToJsonString();
        Task<double>[] answers = new Task<double>[Requests];
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < Requests; i++)
        {
            TimeSpan due = TimeSpan.FromSeconds((double)i / PerSecond);
            if (due > clock.Elapsed)
                await Task.Delay(due - clock.Elapsed);
            answers[i] = SubmitAsync(server.Http, body);
        }

        double[] sorted = [.. (await Task.WhenAll(answers)).Order()];
        output.WriteLine($"POST /jobs at {PerSecond}/s while a job trains: median {sorted[Requests / 2]:0.0} ms, 99th percentile {sorted[(int)(Requests * 0.99)]:0.0} ms, worst {sorted[^1]:0.0} ms");
        (await server.Http.GetJsonAsync("/jobs?status=queued&limit=200"))["jobs"]!.AsArray().Count.ShouldBe(200);
        await server.Http.ActAsync(training, "cancel");
    }

    private static async Task<double> SubmitAsync(HttpClient http, string body)
    {
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage answer = await http.PostAsync("/jobs", ApiClient.Json(body));
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return milliseconds;
    }
}

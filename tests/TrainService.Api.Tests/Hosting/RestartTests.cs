using System.Diagnostics;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Hosting;

/// <summary>Whatever happens to the process, an accepted job comes to its end.</summary>
public class RestartTests
{
    [Fact]
    public async Task A_killed_service_goes_on_with_its_jobs_when_it_is_back()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        string running = await server.Http.SubmitAsync(Specs.Long(epochs: 150)), waiting = await server.Http.SubmitAsync(Specs.Small(epochs: 2));
        await Wait.UntilAsync(async () => (await server.Http.GetJsonAsync($"/jobs/{running}"))["progress"]?["epoch"]?.GetValue<int>() >= 5, "five epochs are through");
        await server.KillAsync();
        await server.StartAgainAsync();

        JsonNode job = await server.Http.WaitForAsync(running, "succeeded");
        job["attempt"]!.GetValue<int>().ShouldBe(2);
        await server.Http.WaitForAsync(waiting, "succeeded");
        await ShouldBeWholeAsync(server, running, 150);
        await ShouldBeWholeAsync(server, waiting, 2);
    }

    [Theory]
    [InlineData(250)]
    [InlineData(400)]
    [InlineData(600)]
    [InlineData(900)]
    public async Task Asked_to_end_at_any_moment_of_its_start_it_goes_quietly(int milliseconds)
    {
        string data = TemporaryFolder.New();
        using Process process = ServiceProgram.Start(["serve", "--urls", "http://127.0.0.1:0", "--data", data], []);
        Task<CommandResult> end = CommandResult.OfAsync(process, TimeSpan.FromMinutes(1));
        await Task.Delay(milliseconds);
        using Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        CommandResult result = await end;

        // 143: the runtime itself was not up yet.
        result.ExitCode.ShouldBeOneOf(0, 143);
        (result.Output + result.Error).ShouldNotContain("xception");
        (result.Output + result.Error).ShouldNotContain("failed");
        TemporaryFolder.Remove(data);
    }

    [Fact]
    public async Task Asked_to_end_it_saves_and_goes_and_is_taken_up_again()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        string running = await server.Http.SubmitAsync(Specs.Long(epochs: 150));
        await Wait.UntilAsync(async () => (await server.Http.GetJsonAsync($"/jobs/{running}"))["progress"]?["epoch"]?.GetValue<int>() >= 2, "two epochs are through");

        // A listener does not hold it up.
        using HttpResponseMessage stream = await server.Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"/jobs/{running}/events") { Headers = { { "Accept", "text/event-stream" } } }, HttpCompletionOption.ResponseHeadersRead);
        (await server.TerminateAsync(TimeSpan.FromSeconds(30))).ShouldBe(0, server.Output);
        await server.StartAgainAsync();
        await server.Http.WaitForAsync(running, "succeeded");
        await ShouldBeWholeAsync(server, running, 150);
    }

    private static async Task ShouldBeWholeAsync(ServerProcess server, string job, int epochs)
    {
        IReadOnlyList<JsonNode> events = await server.Http.EventsAsync(job);
        events.Select(e => e["seq"]!.GetValue<long>()).ShouldBe(Enumerable.Range(1, events.Count).Select(i => (long)i));
        events.Where(e => e["type"]!.GetValue<string>() == "epoch").Select(e => e["data"]!["epoch"]!.GetValue<int>()).ShouldBe(Enumerable.Range(1, epochs));
    }
}

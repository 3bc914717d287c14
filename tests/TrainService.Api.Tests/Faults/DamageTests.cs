using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Faults;

/// <summary>Files that are no longer what was written: told, passed over, never taken for results.</summary>
public sealed class DamageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_checkpoint_answers_nothing(bool truncated)
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        string job = await server.Http.SubmitAsync(Specs.Small(epochs: 2));
        string checkpoint = (await server.Http.WaitForAsync(job, "succeeded"))["best"]!["checkpoint"]!.GetValue<string>();
        string other = (await server.Http.GetJsonAsync($"/jobs/{job}/checkpoints"))["checkpoints"]!.AsArray().Select(c => c!["id"]!.GetValue<string>()).First(c => c != checkpoint);
        Hurt(Directory.GetFiles(server.Data, $"{checkpoint}.safetensors", SearchOption.AllDirectories).Single(), truncated);

        await (await server.Http.GetAsync($"/checkpoints/{checkpoint}/weights")).ShouldBeProblemAsync(500, "damaged");
        await (await server.Http.PostAsync($"/checkpoints/{checkpoint}/predict", ApiClient.Json("""{"inputs": [[1, 2]]}"""))).ShouldBeProblemAsync(500, "damaged");
        await (await server.Http.PostAsync($"/checkpoints/{checkpoint}/evaluate", ApiClient.Json("""{"dataset": {"name": "blobs"}}"""))).ShouldBeProblemAsync(500, "damaged");
        JsonNode again = Specs.Small(epochs: 1);
        again["model"] = new JsonObject { ["from_checkpoint"] = checkpoint };
        HttpResponseMessage answer = await server.Http.PostAsync("/jobs", ApiClient.Json(again.ToJsonString()));
        if (answer.IsSuccessStatusCode)
            (await server.Http.WaitForAsync((await answer.BodyAsync())["id"]!.GetValue<string>(), "failed"))["reason"]!.GetValue<string>().ShouldContain("can't be read");
        else
            await answer.ShouldBeProblemAsync(422, "invalid-spec");

        (await server.Http.PostAsync($"/checkpoints/{other}/predict", ApiClient.Json("""{"inputs": [[1, 2]]}"""))).IsSuccessStatusCode.ShouldBeTrue("the previous one is good");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_resume_point_is_passed_over_and_the_weights_are_those_of_an_undisturbed_run(bool truncated)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(("TRAINSERVICE__RESUMESECONDS", "0.1"));
        string undisturbed = await DiskTests.WeightsAsync(server, await server.Http.SubmitAsync(Specs.Long(epochs: 200)));
        string job = await server.Http.SubmitAsync(Specs.Long(epochs: 200));
        string folder = Path.Combine(server.Data, "resume", job);
        await Wait.UntilAsync(() => Task.FromResult(Directory.Exists(folder) && Directory.GetFiles(folder, "*.resume").Length == 2), "there are two resume points");
        await server.KillAsync();
        Hurt(Directory.GetFiles(folder, "*.resume").MaxBy(File.GetLastWriteTimeUtc)!, truncated);
        await server.StartAgainAsync(("TRAINSERVICE__RESUMESECONDS", "0.1"));

        (await DiskTests.WeightsAsync(server, job)).ShouldBe(undisturbed);
        string[] said = [.. (await server.Http.EventsAsync(job)).Where(e => e["type"]!.GetValue<string>() == "log").Select(e => e["data"]!["message"]!.GetValue<string>())];
        said.ShouldContain(m => m.Contains("is damaged", StringComparison.Ordinal));
        said.ShouldContain(m => m.StartsWith("Taken up after", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_database_is_not_served()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        for (int i = 0; i < 30; i++)
            await server.Http.SubmitAsync(Specs.Small(epochs: 1));
        (await server.TerminateAsync(TimeSpan.FromSeconds(30))).ShouldBe(0);
        string file = Path.Combine(server.Data, "trainservice.db");
        byte[] bytes = await File.ReadAllBytesAsync(file);
        new Random(1).NextBytes(bytes.AsSpan(4096 * 3, 4096 * 4));
        await File.WriteAllBytesAsync(file, bytes);

        CommandResult result = await ServiceProgram.RunAsync(["--urls", "http://127.0.0.1:0", "--data", server.Data]);
        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("is damaged");
        result.Error.ShouldContain("Put back a copy");
        (result.Output + result.Error).ShouldNotContain("   at ");
    }

    private static void Hurt(string file, bool truncated)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(file, truncated ? bytes[..(bytes.Length / 2)] : bytes);
    }
}

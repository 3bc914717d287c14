using System.Net;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Hosting;

[Collection(ServerCollection.Name)]
public class StartTests(SharedServer shared)
{
    [Fact]
    public async Task A_mistake_on_the_command_line_shows_how_it_is_used()
    {
        CommandResult result = await ServiceProgram.RunAsync(["--port", "1"]);
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldStartWith("'--port' is not understood.");
        result.Error.ShouldContain("--urls");
    }

    [Fact]
    public async Task It_does_not_open_to_other_machines_by_accident()
    {
        CommandResult result = await ServiceProgram.RunAsync(["--urls", "http://0.0.0.0:0", "--data", Path.Combine(shared.Server.Data, "never")]);
        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("TRAINSERVICE__ALLOWREMOTE");
        Directory.Exists(Path.Combine(shared.Server.Data, "never")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_taken_address_is_said_in_a_sentence()
    {
        string data = TemporaryFolder.New();
        CommandResult result = await ServiceProgram.RunAsync(["--urls", shared.Server.Address, "--data", data]);
        TemporaryFolder.Remove(data);
        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("is taken by another process");
        (result.Output + result.Error).ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_data_folder_in_use_is_said_in_a_sentence()
    {
        CommandResult result = await ServiceProgram.RunAsync(["--urls", "http://127.0.0.1:0", "--data", shared.Server.Data]);
        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("in use");
        (result.Output + result.Error).ShouldNotContain("   at ");
    }

    [Fact]
    public async Task The_health_check_asks_the_running_service()
    {
        (await ServiceProgram.RunAsync(["healthcheck", "--urls", shared.Server.Address])).Succeeded().ShouldContain("\"status\":\"ready\"");
        (await ServiceProgram.RunAsync(["healthcheck", "--urls", "http://127.0.0.1:1"])).ExitCode.ShouldBe(1);
    }

    [Theory]
    [InlineData("evil.example", null, 421)]
    [InlineData("evil.example:8080", null, 421)]
    [InlineData(null, "http://evil.example", 403)]
    [InlineData(null, "null", 403)]
    [InlineData("localhost", null, 404)]
    [InlineData("[::1]:7", null, 404)]
    public async Task Pages_of_other_sites_are_kept_out(string? host, string? origin, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/jobs/job_none/cancel");
        request.Headers.Host = host;
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using HttpResponseMessage answer = await shared.Server.Http.SendAsync(request);
        await answer.ShouldBeProblemAsync(status);
    }

    [Fact]
    public async Task The_own_page_may_change_things()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/jobs/job_none/cancel");
        request.Headers.Add("Origin", shared.Server.Address);
        using HttpResponseMessage answer = await shared.Server.Http.SendAsync(request);
        await answer.ShouldBeProblemAsync(404);
    }

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/page.js", "text/javascript")]
    [InlineData("/swagger/index.html", "text/html")]
    public async Task Pages_are_served(string path, string type)
    {
        using HttpResponseMessage answer = await shared.Server.Http.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
    }
}

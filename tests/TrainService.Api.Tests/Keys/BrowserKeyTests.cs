using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TrainService.Api.Hosting;
using TrainService.Api.Keys;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Keys;

/// <summary>A page such as Hangfire's board, which isn't built into every service: its browser can only show a key that its user has typed in.</summary>
public sealed class BrowserKeyTests : IDisposable
{
    private readonly string _folder = TemporaryFolder.New();
    private readonly KeyRing _ring;
    private readonly string _admin, _read;

    public BrowserKeyTests()
    {
        (_admin, _read) = (TestKeys.Create(_folder, "admin"), TestKeys.Create(_folder, "read"));
        _ring = new KeyRing(Settings, NullLogger<KeyRing>.Instance);
    }

    private IOptions<ServiceOptions> Settings => Options.Create(new ServiceOptions { Data = _folder, Keys = "required" });

    [Fact]
    public async Task A_browser_is_told_to_ask_and_its_users_key_is_taken_as_the_password_of_any_name()
    {
        HttpContext asked = await GetAsync(null);
        asked.Response.StatusCode.ShouldBe(401);
        asked.Response.Headers.WWWAuthenticate.Count.ShouldBe(2);
        asked.Response.Headers.WWWAuthenticate[1]!.ShouldStartWith("Basic realm=");
        foreach (string credentials in (string[])[$"admin:{_admin}", $":{_admin}", $"a:b:{_admin}", $"zoë:{_admin}"])
            (await GetAsync(Basic(credentials))).Response.StatusCode.ShouldBe(200, credentials);
        (await GetAsync($"Bearer {_admin}")).Response.StatusCode.ShouldBe(200);
    }

    [Fact]
    public async Task What_is_no_key_of_the_scope_is_refused()
    {
        (await GetAsync(Basic($"admin:{_read}"))).Response.StatusCode.ShouldBe(403);
        foreach (string? credentials in (string[])[Basic("admin:"), Basic(""), "Basic", "Basic ", "Basic ===", $"Basic {_admin}", $"Basic {new string('A', 4000)}", Basic($"{_admin}:")])
            (await GetAsync(credentials)).Response.StatusCode.ShouldBe(401, credentials);
    }

    [Fact]
    public async Task Other_operations_neither_ask_nor_take_it()
    {
        HttpContext refused = await GetAsync(Basic($"admin:{_admin}"), asksInBrowser: false);
        refused.Response.StatusCode.ShouldBe(401);
        refused.Response.Headers.WWWAuthenticate.ShouldHaveSingleItem()!.ShouldStartWith("Bearer");
    }

    public void Dispose()
    {
        _ring.Dispose();
        TemporaryFolder.Remove(_folder);
    }

    private static string Basic(string credentials) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}";

    private async Task<HttpContext> GetAsync(string? authorization, bool asksInBrowser = true)
    {
        using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = services };
        http.Request.Method = "GET";
        http.Request.Headers.Authorization = authorization;
        http.Response.Body = Stream.Null;
        object[] metadata = asksInBrowser ? [new Access(KeyScope.Admin), new AsksInBrowser()] : [new Access(KeyScope.Admin)];
        http.SetEndpoint(new Endpoint(_ => Task.CompletedTask, new EndpointMetadataCollection(metadata), "board"));
        using var check = new KeyCheck(_ => Task.CompletedTask, _ring, Settings);
        await check.InvokeAsync(http);
        return http;
    }
}

using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Keys;

/// <summary>Every operation of the document that the server itself writes, with every sort of key: a new one can't be forgotten.</summary>
public sealed class AccessTests(KeyedServer keyed) : IClassFixture<KeyedServer>
{
    private readonly ServerProcess _server = keyed.Server;

    [Fact]
    public async Task Every_operation_asks_for_a_key_of_its_scope()
    {
        int asked = 0;
        foreach ((string method, string path, JsonNode operation) in await OperationsAsync())
        {
            string id = operation["operationId"]!.GetValue<string>();
            string? needs = operation["security"]!.AsArray().FirstOrDefault()?["bearer"]?[0]?.GetValue<string>();
            string expected = id is "live" or "ready" ? "" : method == "DELETE" || id == "audit" ? "admin"
                : method == "GET" || id is "validate_job" or "predict" or "evaluate" or "explain" or "histograms" or "preview_schedule" or "preview_augmentation" ? "read" : "submit";
            (needs ?? "").ShouldBe(expected, id);

            using HttpClient http = _server.ClientFromElsewhere();
            foreach (string? key in (string?[])[null, "ts_0123456789_nonsense", "", .. KeyedServer.Scopes])
            {
                using HttpResponseMessage answer = await SendAsync(http, method, path, key is null ? null : keyed.KeyOf.GetValueOrDefault(key, key));
                asked++;
                if (needs is null || Array.IndexOf(KeyedServer.Scopes, key) >= Array.IndexOf(KeyedServer.Scopes, needs))
                    ((int)answer.StatusCode).ShouldNotBeOneOf(401, 403, 500);
                else if (KeyedServer.Scopes.Contains(key))
                    (await answer.ShouldBeProblemAsync(403, "scope-too-small"))["detail"]!.GetValue<string>().ShouldContain(needs);
                else
                {
                    await answer.ShouldBeProblemAsync(401, string.IsNullOrEmpty(key) ? "no-key" : "wrong-key");
                    answer.Headers.WwwAuthenticate.ToString().ShouldStartWith("Bearer");
                }
            }
        }

        asked.ShouldBeGreaterThan(150);
    }

    [Fact]
    public async Task The_key_may_stand_in_either_header_and_for_streams_in_the_query()
    {
        string key = keyed.KeyOf["read"];
        using HttpClient none = _server.ClientFromElsewhere(), header = _server.Client(key);
        (await header.GetAsync("/jobs")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await none.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/jobs").With(key))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await none.GetAsync($"/jobs/job_none/events?access_token={key}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await none.PostAsync($"/hubs/training/negotiate?negotiateVersion=1&access_token={key}", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await none.PostAsync("/hubs/training/negotiate?negotiateVersion=1", null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        // Anywhere else an address with a key in it would end up in somebody's log.
        (await none.GetAsync($"/jobs?access_token={key}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await header.GetAsync($"/jobs?access_token={key}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        _server.Output.ShouldNotContain(key);
    }

    [Fact]
    public async Task An_open_stream_ends_with_its_key()
    {
        string key = TestKeys.Create(_server.Data, "read");
        using HttpClient submit = _server.Client(keyed.KeyOf["submit"]), http = _server.Client(null);
        string job = await submit.SubmitAsync(Specs.Endless());
        using HttpResponseMessage mine = await OpenAsync(key), other = await OpenAsync(keyed.KeyOf["read"]);
        TestKeys.Run(_server.Data, 0, "revoke", TestKeys.IdOf(key));

        using Stream events = await mine.Content.ReadAsStreamAsync(), others = await other.Content.ReadAsStreamAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Should.ThrowAsync<IOException>(() => events.CopyToAsync(Stream.Null, limit.Token));
        using HttpResponseMessage again = await OpenAsync(key);
        again.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await submit.ActAsync(job, "cancel");
        await others.CopyToAsync(Stream.Null, limit.Token);

        Task<HttpResponseMessage> OpenAsync(string shown)
            => http.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"/jobs/{job}/events") { Headers = { Accept = { new("text/event-stream") } } }.With(shown), HttpCompletionOption.ResponseHeadersRead);
    }

    [Fact]
    public async Task Pages_need_no_key_and_hold_no_data()
    {
        using HttpClient none = _server.Client(null);
        foreach (string page in (string[])["/", "/page.js", "/swagger/index.html", "/openapi/trainservice.json"])
            (await none.GetAsync(page)).StatusCode.ShouldBe(HttpStatusCode.OK, page);
    }

    [Fact]
    public async Task Any_host_name_will_do_where_keys_are_asked_for()
    {
        using HttpClient http = _server.Client(keyed.KeyOf["read"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/jobs") { Headers = { Host = "train.example" } };
        (await http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Who_did_what_can_be_read_by_admins()
    {
        using HttpClient submit = _server.Client(keyed.KeyOf["submit"]), admin = _server.Client(keyed.KeyOf["admin"]);
        string job = await submit.SubmitAsync(Specs.Small(epochs: 1));
        (await submit.DeleteAsync($"/jobs/{job}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await submit.WaitForAsync(job, "succeeded");
        (await admin.DeleteAsync($"/jobs/{job}")).StatusCode.ShouldBe(HttpStatusCode.OK);

        string by = TestKeys.IdOf(keyed.KeyOf["submit"]);
        JsonNode[] entries = [];
        await Wait.UntilAsync(async () =>
        {
            entries = [.. (await admin.GetJsonAsync("/audit?limit=1000"))["entries"]!.AsArray().Where(e => e!["target"]!.GetValue<string>() == $"/jobs/{job}").Select(e => e!)];
            return entries.Length == 3;
        }, "all three are stored");
        entries.Select(e => (e["actor"]!.GetValue<string>(), e["action"]!.GetValue<string>(), e["status"]!.GetValue<int>())).ShouldBe(
        [
            (TestKeys.IdOf(keyed.KeyOf["admin"]), "delete_job", 200), (by, "delete_job", 403), (by, "submit_job", 202),
        ]);
        entries[2]["address"]!.GetValue<string>().ShouldBe("127.0.0.1");
        entries[2]["trace"]!.GetValue<string>().Length.ShouldBe(32);
        (await admin.GetJsonAsync($"/audit?actor={by}&limit=1"))["entries"]!.AsArray().ShouldHaveSingleItem()!["actor"]!.GetValue<string>().ShouldBe(by);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, string method, string path, string? key)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("{id}", "none", StringComparison.Ordinal).Replace("{name}", "none", StringComparison.Ordinal));
        if (key is not null)
            request.Headers.TryAddWithoutValidation("X-Api-Key", key);
        if (method is "POST" or "PATCH")
            request.Content = ApiClient.Json("{}");
        return await http.SendAsync(request);
    }

    private async Task<IEnumerable<(string Method, string Path, JsonNode Operation)>> OperationsAsync()
        => (await _server.Http.GetJsonAsync("/openapi/trainservice.json"))["paths"]!.AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(o => (o.Key.ToUpperInvariant(), p.Key, o.Value!)));
}

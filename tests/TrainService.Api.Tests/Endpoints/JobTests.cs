using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Endpoints;

[Collection(ServerCollection.Name)]
public class JobTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task A_job_is_accepted_trained_and_kept()
    {
        using HttpResponseMessage answer = await _http.PostAsync("/jobs", ApiClient.Json(Specs.Small(epochs: 2).ToJsonString()));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        JsonNode submitted = await answer.BodyAsync();
        string id = submitted["id"]!.GetValue<string>();
        answer.Headers.Location!.ToString().ShouldBe($"/jobs/{id}");
        answer.Headers.ETag!.Tag.ShouldBe($"\"{submitted["version"]}\"");
        submitted["spec"]!.ToJsonString().ShouldBe(Specs.Small(epochs: 2).ToJsonString());
        submitted["resolved"]!["batch_size"]!.GetValue<int>().ShouldBe(32);

        JsonNode done = await _http.WaitForAsync(id, "succeeded");
        done["terminal"]!.GetValue<bool>().ShouldBeTrue();
        done["attempt"]!.GetValue<int>().ShouldBe(1);
        done["progress"]!["epoch"]!.GetValue<int>().ShouldBe(2);
        done["progress"]!["fraction"]!.GetValue<double>().ShouldBe(1);
        done["latest"]!["val_accuracy"]!.GetValue<double>().ShouldBeInRange(0, 1);
        done["best"]!["checkpoint"]!.GetValue<string>().ShouldStartWith("ckpt_");
        done["error"].ShouldBeNull();
        done["queue"].ShouldBeNull();
    }

    [Fact]
    public async Task Validating_says_what_would_happen_and_stores_nothing()
    {
        string name = $"only-asked-{Guid.NewGuid():N}";
        JsonNode spec = Specs.Small();
        spec["name"] = name;
        using HttpResponseMessage answer = await _http.PostAsync("/jobs/validate", ApiClient.Json(spec.ToJsonString()));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        JsonNode would = await answer.BodyAsync();
        would["resolved"]!["model"]!["layers"]!.AsArray().Count.ShouldBe(2);
        would["summary"]!["layers"]!.AsArray().Count.ShouldBeGreaterThanOrEqualTo(2);
        (await _http.GetJsonAsync($"/jobs?name={name}"))["jobs"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_key_and_body_is_one_job()
    {
        string key = Guid.NewGuid().ToString();
        string body = Specs.Small().ToJsonString();
        using HttpResponseMessage first = await PostWithKeyAsync(key, body), second = await PostWithKeyAsync(key, body);
        second.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await second.BodyAsync())["id"]!.GetValue<string>().ShouldBe((await first.BodyAsync())["id"]!.GetValue<string>());
        using HttpResponseMessage other = await PostWithKeyAsync(key, Specs.Small(epochs: 4).ToJsonString());
        await other.ShouldBeProblemAsync(422, "idempotency-key-reused");
        using HttpResponseMessage bad = await PostWithKeyAsync(new string('k', 256), body);
        await bad.ShouldBeProblemAsync(400);
    }

    [Fact]
    public async Task Lists_are_filtered_and_paged_newest_first()
    {
        string mark = Guid.NewGuid().ToString("N");
        var ids = new List<string>();
        for (int i = 0; i < 3; i++)
        {
            JsonNode spec = Specs.Small(epochs: 1);
            spec["labels"] = new JsonObject { ["mark"] = mark, ["number"] = $"{i}" };
            ids.Add(await _http.SubmitAsync(spec));
        }

        foreach (string id in ids)
            await _http.WaitForAsync(id, "succeeded");
        JsonNode first = await _http.GetJsonAsync($"/jobs?label=mark:{mark}&limit=2&status=succeeded");
        Ids(first).ShouldBe([ids[2], ids[1]]);
        JsonNode second = await _http.GetJsonAsync($"/jobs?label=mark:{mark}&limit=2&status=succeeded&after={first["next"]}");
        Ids(second).ShouldBe([ids[0]]);
        second["next"].ShouldBeNull();
        Ids(await _http.GetJsonAsync($"/jobs?label=mark:{mark}&label=number:1")).ShouldBe([ids[1]]);
        Ids(await _http.GetJsonAsync($"/jobs?label=mark:{mark}&status=queued,running")).ShouldBeEmpty();
        Ids(await _http.GetJsonAsync($"/jobs?label=mark:{mark}&kind=train&name=TES")).Length.ShouldBe(3);
    }

    [Fact]
    public async Task Cancelling_ends_a_running_job_and_may_be_repeated()
    {
        string id = await _http.SubmitAsync(Specs.Endless());
        await _http.WaitForAsync(id, "running");
        (await _http.ActAsync(id, "cancel")).Status().ShouldBe("cancelled");
        (await _http.ActAsync(id, "cancel")).Status().ShouldBe("cancelled");
        using HttpResponseMessage stop = await _http.PostAsync($"/jobs/{id}/stop", null);
        JsonNode problem = await stop.ShouldBeProblemAsync(409, "illegal-move");
        problem["legal"]!.AsArray().ShouldBeEmpty();
        IReadOnlyList<JsonNode> events = await _http.EventsAsync(id);
        events[^1]["data"]!["status"]!.GetValue<string>().ShouldBe("cancelled");
    }

    [Fact]
    public async Task Stopping_keeps_the_weights()
    {
        string id = await _http.SubmitAsync(Specs.Endless());
        await Wait.UntilAsync(async () => (await _http.GetJsonAsync($"/jobs/{id}"))["progress"]?["epoch"]?.GetValue<int>() >= 1, "an epoch is through");
        await _http.ActAsync(id, "stop");
        JsonNode job = await _http.WaitForAsync(id, "stopped");
        job["reason"]!.GetValue<string>().ShouldNotBeNullOrEmpty();
        (await _http.GetJsonAsync($"/jobs/{id}/checkpoints"))["checkpoints"]!.AsArray().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_paused_job_goes_on_where_it_was()
    {
        string id = await _http.SubmitAsync(Specs.Endless());
        await Wait.UntilAsync(async () => (await _http.GetJsonAsync($"/jobs/{id}"))["progress"]?["epoch"]?.GetValue<int>() >= 1, "an epoch is through");
        await _http.ActAsync(id, "pause");
        JsonNode paused = await _http.WaitForAsync(id, "paused");
        int epoch = paused["progress"]!["epoch"]!.GetValue<int>();
        await _http.ActAsync(id, "resume");
        await Wait.UntilAsync(async () => (await _http.GetJsonAsync($"/jobs/{id}"))["progress"]!["epoch"]!.GetValue<int>() > epoch, "it trains on");
        await _http.ActAsync(id, "cancel");
        int[] epochs = [.. (await _http.EventsAsync(id)).Where(e => e["type"]!.GetValue<string>() == "epoch").Select(e => e["data"]!["epoch"]!.GetValue<int>())];
        epochs.ShouldBe(Enumerable.Range(1, epochs.Length));
    }

    [Fact]
    public async Task Name_labels_and_priority_can_be_changed_by_who_knows_the_version()
    {
        string id = await _http.SubmitAsync(Specs.Small(epochs: 1));
        JsonNode job = await _http.WaitForAsync(id, "succeeded");
        string tag = $"\"{job["version"]}\"";
        using HttpResponseMessage edited = await PatchAsync(id, """{"name": "renamed", "labels": {"a": "b"}, "priority": 5}""", tag);
        edited.StatusCode.ShouldBe(HttpStatusCode.OK, await edited.Content.ReadAsStringAsync());
        JsonNode after = await edited.BodyAsync();
        after["name"]!.GetValue<string>().ShouldBe("renamed");
        after["labels"]!["a"]!.GetValue<string>().ShouldBe("b");
        after["priority"]!.GetValue<int>().ShouldBe(5);
        using HttpResponseMessage stale = await PatchAsync(id, """{"name": "again"}""", tag);
        await stale.ShouldBeProblemAsync(412, "precondition-failed");
        using HttpResponseMessage wrong = await PatchAsync(id, """{"nmae": "x", "priority": 1000, "labels": 3}""", null);
        JsonArray errors = (await wrong.ShouldBeProblemAsync(422, "invalid-spec"))["errors"]!.AsArray();
        errors.Select(e => e!["pointer"]!.GetValue<string>()).Order().ShouldBe(["/labels", "/nmae", "/priority"]);
        errors.Single(e => e!["pointer"]!.GetValue<string>() == "/nmae")!["did_you_mean"]!.GetValue<string>().ShouldBe("name");
    }

    [Fact]
    public async Task A_job_that_is_over_can_be_removed_with_all_it_left()
    {
        string running = await _http.SubmitAsync(Specs.Endless());
        using HttpResponseMessage tooEarly = await _http.DeleteAsync($"/jobs/{running}");
        (await tooEarly.ShouldBeProblemAsync(409, "illegal-move"))["legal"]!.AsArray().ShouldNotBeEmpty();
        await _http.ActAsync(running, "cancel");

        string id = await _http.SubmitAsync(Specs.Small(epochs: 1));
        JsonNode job = await _http.WaitForAsync(id, "succeeded");
        using HttpResponseMessage deleted = await _http.DeleteAsync($"/jobs/{id}");
        JsonNode removed = await deleted.BodyAsync();
        (removed["id"]!.GetValue<string>(), removed["checkpoints"]!.AsArray().Count).ShouldBe((id, 1));
        removed["events"]!.GetValue<long>().ShouldBeGreaterThan(3);
        removed["bytes"]!.GetValue<long>().ShouldBeGreaterThan(100);
        foreach (string path in (string[])[$"/jobs/{id}", $"/jobs/{id}/events", $"/jobs/{id}/metrics", $"/jobs/{id}/checkpoints", $"/checkpoints/{job["best"]!["checkpoint"]}"])
        {
            using HttpResponseMessage gone = await _http.GetAsync(path);
            await gone.ShouldBeProblemAsync(404, "not-found");
        }
    }

    [Fact]
    public async Task Who_has_the_newest_version_is_told_so_or_waits_for_the_next()
    {
        string id = await _http.SubmitAsync(Specs.Small(epochs: 1));
        JsonNode job = await _http.WaitForAsync(id, "succeeded");
        using HttpResponseMessage same = await GetAsync(id, $"\"{job["version"]}\"", null);
        same.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await same.Content.ReadAsStringAsync()).ShouldBeEmpty();

        string running = await _http.SubmitAsync(Specs.Endless());
        JsonNode now = await _http.GetJsonAsync($"/jobs/{running}");
        using HttpResponseMessage changed = await GetAsync(running, $"\"{now["version"]}\"", "wait=30");
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        changed.Headers.GetValues("Preference-Applied").ShouldBe(["wait=30"]);
        (await changed.BodyAsync())["version"]!.GetValue<long>().ShouldBeGreaterThan(now["version"]!.GetValue<long>());
        await _http.ActAsync(running, "cancel");
    }

    [Fact]
    public async Task Who_waits_without_a_version_is_answered_at_the_end()
    {
        string id = await _http.SubmitAsync(Specs.Small(epochs: 20));
        (await _http.GetJsonAsync($"/jobs/{id}?wait=60")).Status().ShouldBe("succeeded");
        using HttpResponseMessage tooLong = await _http.GetAsync($"/jobs/{id}?wait=61");
        (await tooLong.ShouldBeProblemAsync(400))["detail"]!.GetValue<string>().ShouldContain("wait");
    }

    [Fact]
    public async Task Two_hundred_posts_under_one_key_at_once_make_one_job()
    {
        string key = Guid.NewGuid().ToString(), name = $"once-{key}", body = Specs.Small(epochs: 1).ToJsonString().Replace("\"test\"", $"\"{name}\"", StringComparison.Ordinal);
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => PostWithKeyAsync(key, body)));
        var ids = new HashSet<string>();
        foreach (HttpResponseMessage answer in answers)
        {
            if (answer.StatusCode == HttpStatusCode.Accepted)
                ids.Add((await answer.BodyAsync())["id"]!.GetValue<string>());
            else
                await answer.ShouldBeProblemAsync(409, "conflict");
            answer.Dispose();
        }
        ids.ShouldHaveSingleItem();
        Ids(await _http.GetJsonAsync($"/jobs?name={name}")).ShouldBe([.. ids]);
    }

    [Theory]
    [InlineData("name=a%00b")]
    [InlineData("label=%00")]
    [InlineData("kind=%00")]
    public async Task A_zero_character_in_a_query_is_refused(string query)
    {
        using HttpResponseMessage answer = await _http.GetAsync($"/jobs?{query}");
        await answer.ShouldBeProblemAsync(400, "bad-request");
    }

    [Theory]
    [InlineData("""{"name": "a\u0000b"}""", "/name")]
    [InlineData("""{"labels": {"a": "\u0000"}}""", "/labels/a")]
    [InlineData("""{"labels": {"\u0000": "a"}}""", "/labels")]
    public async Task A_zero_character_in_a_change_is_refused_with_its_place(string change, string pointer)
    {
        using HttpResponseMessage answer = await PatchAsync("job_1", change, null);
        (await answer.ShouldBeProblemAsync(422, "invalid-spec"))["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe(pointer);
    }

    private static string[] Ids(JsonNode page) => [.. page["jobs"]!.AsArray().Select(j => j!["id"]!.GetValue<string>())];

    private Task<HttpResponseMessage> PostWithKeyAsync(string key, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = ApiClient.Json(body) };
        request.Headers.Add("Idempotency-Key", key);
        return _http.SendAsync(request);
    }

    private Task<HttpResponseMessage> PatchAsync(string id, string body, string? tag)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, $"/jobs/{id}") { Content = ApiClient.Json(body) };
        if (tag is not null)
            request.Headers.IfMatch.Add(new EntityTagHeaderValue(tag));
        return _http.SendAsync(request);
    }

    private Task<HttpResponseMessage> GetAsync(string id, string tag, string? prefer)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/jobs/{id}");
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(tag));
        if (prefer is not null)
            request.Headers.Add("Prefer", prefer);
        return _http.SendAsync(request);
    }
}

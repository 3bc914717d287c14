using System.Net;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Keys;

/// <summary>What a key may use, and that it can be changed while the service runs.</summary>
public sealed class QuotaTests(KeyedServer keyed) : IClassFixture<KeyedServer>
{
    private readonly ServerProcess _server = keyed.Server;

    [Fact]
    public async Task Requests_a_second()
    {
        using HttpClient http = await ClientAsync("read", "--requests-per-second", "5"), other = _server.Client(keyed.KeyOf["read"]);
        List<int> statuses = [];
        for (int i = 0; i < 60 && !statuses.Contains(429); i++)
        {
            using HttpResponseMessage answer = await http.GetAsync("/checkpoints");
            statuses.Add((int)answer.StatusCode);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests)
                continue;
            await answer.ShouldBeProblemAsync(429, "too-many-requests");
            answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 5);
        }

        statuses.Count.ShouldBeGreaterThanOrEqualTo(10, "twice as many at once are fine");
        statuses[^1].ShouldBe(429);
        (await other.GetAsync("/checkpoints")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Wait.UntilAsync(async () => (await http.GetAsync("/checkpoints")).IsSuccessStatusCode, "it may ask again");
    }

    [Fact]
    public async Task Jobs_waiting_and_running()
    {
        using HttpClient http = await ClientAsync("submit", "--unfinished-jobs", "1");
        string first = await http.SubmitAsync(Specs.Endless());
        using HttpResponseMessage second = await http.PostAsync("/jobs", ApiClient.Json(Specs.Small().ToJsonString()));
        await second.ShouldBeProblemAsync(429, "over-quota");
        second.Headers.RetryAfter.ShouldNotBeNull();
        await http.ActAsync(first, "cancel");
        await http.WaitForAsync(await http.SubmitAsync(Specs.Small(epochs: 1)), "succeeded");
    }

    [Fact]
    public async Task Disk()
    {
        using HttpClient http = await ClientAsync("submit", "--disk-bytes", "40");
        (await UploadAsync(http, "mine-1")).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await (await UploadAsync(http, "mine-2")).ShouldBeProblemAsync(429, "over-quota"))["detail"]!.GetValue<string>().ShouldContain("of 40 bytes");
        await (await http.PostAsync("/jobs", ApiClient.Json(Specs.Small().ToJsonString()))).ShouldBeProblemAsync(429, "over-quota");
        using HttpClient admin = _server.Client(keyed.KeyOf["admin"]);
        (await admin.DeleteAsync("/datasets/mine-1")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await UploadAsync(http, "mine-2")).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task The_same_idempotency_key_of_another_caller_is_another_job()
    {
        using HttpClient one = await ClientAsync("submit"), other = await ClientAsync("submit");
        HashSet<string> ids = [];
        foreach (HttpClient http in (HttpClient[])[one, other, one])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = ApiClient.Json(Specs.Small(epochs: 1).ToJsonString()) };
            request.Headers.Add("Idempotency-Key", "again");
            ids.Add((await (await http.SendAsync(request)).BodyAsync())["id"]!.GetValue<string>());
        }

        ids.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_running_service_sees_new_rotated_and_revoked_keys()
    {
        string text = TestKeys.Create(_server.Data, "read"), id = TestKeys.IdOf(text);
        using HttpClient old = _server.Client(text);
        await Answers(old, HttpStatusCode.OK);

        string rotated = TestKeys.Run(_server.Data, 0, "rotate", id, "--overlap-hours", "1").Output.Trim();
        TestKeys.IdOf(rotated).ShouldBe(id);
        using HttpClient fresh = _server.Client(rotated);
        await Answers(fresh, HttpStatusCode.OK);
        await Answers(old, HttpStatusCode.OK);

        TestKeys.Run(_server.Data, 0, "revoke", id);
        await Answers(fresh, HttpStatusCode.Unauthorized);
        await Answers(old, HttpStatusCode.Unauthorized);

        static Task Answers(HttpClient http, HttpStatusCode status)
            => Wait.UntilAsync(async () => (await http.GetAsync("/checkpoints")).StatusCode == status, $"it answers {status}");
    }

    [Fact]
    public async Task Guessing_keys_is_slowed_down()
    {
        using HttpClient http = _server.ClientFromElsewhere();
        int tries = 0;
        while (tries++ < 1000 && (await http.GetAsync("/jobs")).StatusCode == HttpStatusCode.Unauthorized)
        {
        }

        tries.ShouldBeInRange(100, 900);
    }

    private async Task<HttpClient> ClientAsync(string scope, params string[] options)
    {
        HttpClient http = _server.Client(TestKeys.Create(_server.Data, scope, options));
        await Wait.UntilAsync(async () => (await http.GetAsync("/checkpoints")).StatusCode != HttpStatusCode.Unauthorized, "the key is known");
        return http;
    }

    private static async Task<HttpResponseMessage> UploadAsync(HttpClient http, string name)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(name), "name" }, { new ByteArrayContent("a,b,y\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n"u8.ToArray()), "file", "rows.csv" },
        };
        return await http.PostAsync("/datasets", form);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Endpoints;

[Collection(ServerCollection.Name)]
public class ForkTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task A_fork_goes_on_from_the_checkpoint_with_a_patched_spec_and_knows_where_it_comes_from()
    {
        string origin = await _http.SubmitAsync(Specs.Small(epochs: 3));
        JsonNode job = await _http.WaitForAsync(origin, "succeeded");
        string checkpoint = job["best"]!["checkpoint"]!.GetValue<string>();
        using HttpResponseMessage answer = await ForkAsync(origin, """{"patch": {"name": "finer", "optimizer": {"learning_rate": 0.0005, "momentum": null}, "epochs": 2}}""");
        JsonNode fork = await answer.BodyAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, fork.ToJsonString());
        string id = fork["id"]!.GetValue<string>();
        answer.Headers.Location!.OriginalString.ShouldBe($"/jobs/{id}");
        (fork["forked_from"]!.GetValue<string>(), fork["from_checkpoint"]!.GetValue<string>(), fork["name"]!.GetValue<string>()).ShouldBe((origin, checkpoint, "finer"));
        fork["spec"]!["optimizer"]!.ToJsonString().ShouldBe("""{"type":"sgd","learning_rate":0.0005}""");
        fork["resolved"]!["seed"]!.GetValue<int>().ShouldBe(7);

        JsonNode done = await _http.WaitForAsync(id, "succeeded");
        done["progress"]!["epoch"]!.GetValue<int>().ShouldBe(2);
        JsonNode first = (await _http.GetJsonAsync($"/jobs/{id}/metrics"))["epochs"]![0]!, before = (await _http.GetJsonAsync($"/jobs/{origin}/metrics"))["epochs"]![0]!;
        first["loss"]!.GetValue<double>().ShouldBeLessThan(before["loss"]!.GetValue<double>());
        (await _http.GetJsonAsync($"/jobs?forked_from={origin}"))["jobs"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe(id);
        (await _http.GetJsonAsync($"/jobs/{id}/checkpoints"))["checkpoints"]![0]!["parent"]!.GetValue<string>().ShouldBe(checkpoint);
    }

    [Theory]
    [InlineData("""{"patch": {"optimizer": {"learning_rate": -1}, "epochs": 0}}""", "/patch/epochs", "/patch/optimizer/learning_rate")]
    [InlineData("""{"patch": {"optimiser": "adam"}}""", "/patch/optimiser")]
    [InlineData("""{"patch": 3}""", "/patch")]
    [InlineData("""{"patch": {"epochs": 1, "epochs": 2}}""", "/patch")]
    [InlineData("""{"checkpoint": "ckpt_none"}""", "/checkpoint")]
    [InlineData("""{"patch": {"model": {"type": "sequential", "layers": []}}, "patches": {}}""", "/patches")]
    public async Task Every_error_has_its_place_in_the_body(string body, params string[] pointers)
    {
        string origin = await _http.SubmitAsync(Specs.Small(epochs: 1));
        await _http.WaitForAsync(origin, "succeeded");
        using HttpResponseMessage answer = await ForkAsync(origin, body);
        (await answer.ShouldBeProblemAsync(422, "invalid-spec"))["errors"]!.AsArray().Select(e => e!["pointer"]!.GetValue<string>()).Order().ShouldBe(pointers);
        (await _http.GetJsonAsync($"/jobs?forked_from={origin}"))["jobs"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_job_or_a_checkpoint_there_is_no_fork()
    {
        using HttpResponseMessage none = await ForkAsync("job_none", "{}");
        await none.ShouldBeProblemAsync(404, "not-found");
        JsonNode paused = Specs.Endless();
        paused["priority"] = -100;
        string waiting = await _http.SubmitAsync(paused);
        await _http.ActAsync(waiting, "cancel");
        using HttpResponseMessage early = await ForkAsync(waiting, "{}");
        await early.ShouldBeProblemAsync(409, "conflict");
    }

    [Fact]
    public async Task A_checkpoint_stays_while_it_is_pinned_or_a_job_that_is_not_over_starts_from_it()
    {
        string origin = await _http.SubmitAsync(Specs.Small(epochs: 1));
        string checkpoint = (await _http.WaitForAsync(origin, "succeeded"))["best"]!["checkpoint"]!.GetValue<string>();
        (await PinAsync(checkpoint, true))["pinned"]!.GetValue<bool>().ShouldBeTrue();
        await RefusedAsync($"/checkpoints/{checkpoint}", "pinned");
        await RefusedAsync($"/jobs/{origin}", "pinned");
        await PinAsync(checkpoint, false);

        using HttpResponseMessage answer = await ForkAsync(origin, """{"patch": {"epochs": 10000, "callbacks": []}}""");
        string fork = (await answer.BodyAsync())["id"]!.GetValue<string>();
        await RefusedAsync($"/checkpoints/{checkpoint}", fork);
        await RefusedAsync($"/jobs/{origin}", fork);
        await _http.ActAsync(fork, "cancel");
        using HttpResponseMessage deleted = await _http.DeleteAsync($"/jobs/{origin}");
        (await deleted.BodyAsync())["checkpoints"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldBe(checkpoint);
        using HttpResponseMessage gone = await _http.PatchAsync($"/checkpoints/{checkpoint}", ApiClient.Json("""{"pinned": true}"""));
        await gone.ShouldBeProblemAsync(404, "not-found");
    }

    private Task<HttpResponseMessage> ForkAsync(string job, string body) => _http.PostAsync($"/jobs/{job}/fork", ApiClient.Json(body));

    private async Task<JsonNode> PinAsync(string checkpoint, bool pinned)
    {
        using HttpResponseMessage answer = await _http.PatchAsync($"/checkpoints/{checkpoint}", ApiClient.Json($$"""{"pinned": {{(pinned ? "true" : "false")}}}"""));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.BodyAsync();
    }

    private async Task RefusedAsync(string path, string why)
    {
        using HttpResponseMessage answer = await _http.DeleteAsync(path);
        (await answer.ShouldBeProblemAsync(409, "conflict"))["detail"]!.GetValue<string>().ShouldContain(why);
    }
}

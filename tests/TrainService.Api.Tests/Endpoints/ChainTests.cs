using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Endpoints;

/// <summary>Jobs that go on from each other, over HTTP.</summary>
[Collection(ServerCollection.Name)]
public sealed class ChainTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task A_chain_runs_in_order_and_each_starts_from_what_the_one_before_has_learned()
    {
        JsonNode answer = await ChainAsync(Named("base", Specs.Small(epochs: 2)), OnParent("parent:best"), OnParent("parent", of: "base"));
        string[] ids = [.. answer["jobs"]!.AsArray().Select(j => j!["id"]!.GetValue<string>())];
        answer["jobs"]!.AsArray().Select(j => j!["parent"]?.GetValue<string>()).ShouldBe([null, ids[0], ids[0]]);
        answer["jobs"]!.AsArray().ShouldAllBe(j => j!["chain"]!.GetValue<string>() == ids[0]);
        answer["jobs"]![1]!["resolved"]!["model"]!["weights_from"]!["checkpoint"]!.GetValue<string>().ShouldBe("parent:best");

        JsonNode parent = await _http.WaitForAsync(ids[0], "succeeded"), child = await _http.WaitForAsync(ids[1], "succeeded"), other = await _http.WaitForAsync(ids[2], "succeeded");
        child["from_checkpoint"]!.GetValue<string>().ShouldBe(parent["best"]!["checkpoint"]!.GetValue<string>());
        child["resolved"]!["model"]!["weights_from"]!["checkpoint"]!.GetValue<string>().ShouldBe(child["from_checkpoint"]!.GetValue<string>());
        (await _http.GetJsonAsync($"/checkpoints/{other["from_checkpoint"]}"))["reason"]!.GetValue<string>().ShouldBe("final");
        child["waiting_for"].ShouldBeNull();
        (await _http.GetJsonAsync($"/jobs?chain={ids[0]}"))["jobs"]!.AsArray().Select(j => j!["id"]!.GetValue<string>()).ShouldBe([ids[2], ids[1], ids[0]]);
        (await _http.GetJsonAsync($"/jobs?parent={ids[0]}"))["jobs"]!.AsArray().Count.ShouldBe(2);
        (await _http.EventsAsync(ids[1])).Select(e => e["data"]!["message"]?.GetValue<string>()).ShouldContain(m => m != null && m.Contains(ids[0]) && m.Contains("has succeeded"));
    }

    [Fact]
    public async Task A_child_waits_out_of_the_queue_and_falls_with_its_parent()
    {
        string parent = await _http.SubmitAsync(Specs.Endless());
        JsonNode spec = OnParent("parent");
        spec["parent"] = parent;
        string child = await _http.SubmitAsync(spec);
        JsonNode waiting = await _http.GetJsonAsync($"/jobs/{child}");
        (waiting.Status(), waiting["waiting_for"]!.GetValue<string>(), waiting["queue"]).ShouldBe(("queued", parent, null));
        waiting["reason"]!.GetValue<string>().ShouldContain(parent);
        await (await _http.DeleteAsync($"/jobs/{parent}")).ShouldBeProblemAsync(409);

        await _http.ActAsync(parent, "cancel");
        JsonNode ended = await _http.WaitForAsync(child, "cancelled");
        ended["reason"]!.GetValue<string>().ShouldBe($"Its parent, {parent}, was cancelled.");
        (await _http.EventsAsync(child))[^1]["data"]!["status"]!.GetValue<string>().ShouldBe("cancelled");

        using HttpResponseMessage late = await _http.PostAsync("/jobs", ApiClient.Json(spec.ToJsonString()));
        (await late.ShouldBeProblemAsync(422))["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe("/parent");
    }

    [Fact]
    public async Task Everything_wrong_with_a_chain_is_told_at_once_at_its_place()
    {
        JsonNode wrong = OnParent("parent:first"), stray = OnParent("parent"), lost = Named("x", Specs.Small());
        stray["parent"] = null;
        lost["parent"] = "nobody";
        lost["epochs"] = 0;
        JsonNode misfit = OnParent("parent");
        misfit["model"]!.AsObject().Remove("drop_last");
        misfit["model"]!["until"] = "nowhere";
        foreach (string door in (string[])["/jobs", "/jobs/validate"])
        {
            using HttpResponseMessage answer = await PostAsync(door, Specs.Small(), wrong, stray, lost, Specs.Small(), misfit);
            JsonNode problem = await answer.ShouldBeProblemAsync(422);
            problem["errors"]!.AsArray().Select(e => (e!["pointer"]!.GetValue<string>(), e["code"]!.GetValue<string>())).ShouldBe(
            [
                ("/chain/1/model/from_checkpoint", "not_found"), ("/chain/2/model/from_checkpoint", "conflict"), ("/chain/3/parent", "not_found"),
                ("/chain/3/epochs", "out_of_range"), ("/chain/5/model/until", "unknown_layer"),
            ], ignoreOrder: true);
        }
        foreach (string body in (string[])["""{"chain": 3}""", """{"chain": []}""", """{"chain": [{}], "epochs": 2}"""])
            await (await _http.PostAsync("/jobs", ApiClient.Json(body))).ShouldBeProblemAsync(422);
    }

    [Fact]
    public async Task A_chain_can_be_tried_out_and_its_key_answers_for_all_of_it()
    {
        using HttpResponseMessage tried = await PostAsync("/jobs/validate", Specs.Small(), OnParent("parent"));
        tried.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await tried.BodyAsync())["jobs"]![1]!["summary"]!["reuse"].ShouldNotBeNull();

        string body = new JsonObject { ["chain"] = new JsonArray(Specs.Small(epochs: 1), OnParent("parent")) }.ToJsonString();
        List<string> answers = [];
        for (int i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = ApiClient.Json(body) };
            request.Headers.Add("Idempotency-Key", "a-whole-chain");
            using HttpResponseMessage answer = await _http.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            answers.Add(string.Join(' ', (await answer.BodyAsync())["jobs"]!.AsArray().Select(j => j!["id"]!.GetValue<string>())));
        }
        answers[1].ShouldBe(answers[0]);
        await _http.WaitForAsync(answers[0].Split(' ')[1], "succeeded");
    }

    [Fact]
    public async Task A_chain_survives_the_death_of_the_service_at_any_moment()
    {
        (string, string)[] settings = [("TRAINSERVICE__RESUMESECONDS", "0.05"), ("TRAINSERVICE__MAXPROCESSLOSSES", "100")];
        await using ServerProcess server = await ServerProcess.StartAsync(settings);
        using HttpResponseMessage answer = await server.Http.PostAsync("/jobs",
            ApiClient.Json(new JsonObject { ["chain"] = new JsonArray(Specs.Small(epochs: 40), OnParent("parent", epochs: 40), OnParent("parent", epochs: 40)) }.ToJsonString()));
        string[] ids = [.. (await answer.BodyAsync())["jobs"]!.AsArray().Select(j => j!["id"]!.GetValue<string>())];
        for (int i = 0; i < 3; i++)
        {
            await Task.Delay(60 * (i + 1));
            await server.KillAsync();
            await server.StartAgainAsync(settings);
        }

        foreach (string id in ids)
            await server.Http.WaitForAsync(id, "succeeded");
        JsonNode last = await server.Http.GetJsonAsync($"/jobs/{ids[2]}");
        (await server.Http.GetJsonAsync($"/checkpoints/{last["from_checkpoint"]}"))["job"]!.GetValue<string>().ShouldBe(ids[1]);
    }

    private static JsonNode Named(string name, JsonNode spec)
    {
        spec["name"] = name;
        return spec;
    }

    /// <summary>The first layer of a checkpoint, frozen, and a new head.</summary>
    private static JsonNode OnParent(string checkpoint, string? of = null, int epochs = 1)
    {
        JsonNode spec = Specs.Small(epochs);
        spec["model"] = JsonNode.Parse($$"""
            {"from_checkpoint": "{{checkpoint}}", "drop_last": 1, "freeze": "all", "append": [{"type": "dense", "units": 3, "activation": "softmax", "name": "head"}]}
            """);
        if (of is not null)
            spec["parent"] = of;
        return spec;
    }

    private async Task<JsonNode> ChainAsync(params JsonNode[] jobs)
    {
        using HttpResponseMessage answer = await PostAsync("/jobs", jobs);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return await answer.BodyAsync();
    }

    private Task<HttpResponseMessage> PostAsync(string door, params JsonNode[] jobs)
        => _http.PostAsync(door, ApiClient.Json(new JsonObject { ["chain"] = new JsonArray([.. jobs.Select(j => j.DeepClone())]) }.ToJsonString()));
}

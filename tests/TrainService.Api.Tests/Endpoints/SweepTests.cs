using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Endpoints;

/// <summary>Sweeps over HTTP: on a service that runs one job at a time, so that a sweep which held a place or a thread would never end.</summary>
[Collection(ServerCollection.Name)]
public sealed class SweepTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task A_grid_over_two_seeds_is_ranked_by_the_mean_and_points_to_the_best_checkpoint()
    {
        JsonNode sweep = await RunAsync(_http, Sweep("""{"parameters": {"/optimizer/learning_rate": [0.0001, 0.1], "/model/layers/0/units": [4, 8]}, "seeds": [1, 2]}"""));
        JsonNode ranking = await _http.GetJsonAsync($"/jobs/{Id(sweep)}/trials");
        (ranking["trials"]!.GetValue<int>(), ranking["finished"]!.GetValue<int>(), ranking["mode"]!.GetValue<string>()).ShouldBe((8, 8, "min"));
        JsonNode[] points = [.. ranking["ranking"]!.AsArray().Select(p => p!)];
        points.Select(p => p["rank"]!.GetValue<int>()).ShouldBe([1, 2, 3, 4]);
        points.Select(p => p["mean"]!.GetValue<double>()).ShouldBeInOrder();
        points[0]["values"]!["/optimizer/learning_rate"]!.GetValue<double>().ShouldBe(0.1);
        foreach (JsonNode point in points)
        {
            double[] values = [.. point["trials"]!.AsArray().Select(t => t!["value"]!.GetValue<double>())];
            point["mean"]!.GetValue<double>().ShouldBe((values[0] + values[1]) / 2, 1e-12);
            point["deviation"]!.GetValue<double>().ShouldBe(Math.Abs(values[0] - values[1]) / Math.Sqrt(2), 1e-12);
            point["trials"]!.AsArray().Select(t => t!["seed"]!.GetValue<long>()).ShouldBe([1, 2]);
        }

        sweep["summary"]!["ranking"]!.ToJsonString().ShouldBe(ranking["ranking"]!.ToJsonString());
        JsonNode best = points[0]["trials"]!.AsArray().MinBy(t => t!["value"]!.GetValue<double>())!;
        sweep["best"]!["checkpoint"]!.GetValue<string>().ShouldBe(best["checkpoint"]!.GetValue<string>());
        JsonNode trial = await _http.GetJsonAsync($"/jobs/{best["job"]}");
        (trial["kind"]!.GetValue<string>(), trial["sweep"]!.GetValue<string>(), trial["labels"]!["sweep"]!.GetValue<string>()).ShouldBe(("train", Id(sweep), Id(sweep)));
        trial["best"]!["val_loss"]!.GetValue<double>().ShouldBe(best["value"]!.GetValue<double>());
        (await _http.GetJsonAsync($"/jobs?sweep={Id(sweep)}"))["jobs"]!.AsArray().Count.ShouldBe(8);
        await (await _http.GetAsync($"/jobs/{best["job"]}/trials")).ShouldBeProblemAsync(409);
    }

    [Fact]
    public async Task Halving_lets_the_best_go_on_in_the_bits_of_one_training()
    {
        JsonNode sweep = await RunAsync(_http, Sweep("""
            {"method": "halving", "trials": 9, "factor": 3, "first_epochs": 1, "at_once": 3, "parameters": {"/optimizer/learning_rate": {"log_uniform": [1e-5, 0.3]}}}
            """, epochs: 9));
        JsonNode[] trials = [.. (await _http.GetJsonAsync($"/jobs/{Id(sweep)}/trials"))["ranking"]!.AsArray().Select(p => p!["trials"]![0]!)];
        trials.Select(t => t["epochs"]!.GetValue<int>()).OrderDescending().ShouldBe([9, 3, 3, 1, 1, 1, 1, 1, 1]);
        trials.Count(t => t["status"]!.GetValue<string>() == "succeeded").ShouldBe(1);
        trials[0]["epochs"]!.GetValue<int>().ShouldBe(9, "who came to the end stands first");

        // The same job without a sweep, and so without a rest.
        JsonNode winner = await _http.GetJsonAsync($"/jobs/{trials[0]["job"]}");
        winner["attempt"]!.GetValue<int>().ShouldBe(3);
        string alone = await _http.SubmitAsync(winner["spec"]!.DeepClone());
        await _http.WaitForAsync(alone, "succeeded");
        (await FinalHashAsync(alone)).ShouldBe(await FinalHashAsync(winner["id"]!.GetValue<string>()));

        async Task<string> FinalHashAsync(string job) => (await _http.GetJsonAsync($"/jobs/{job}/checkpoints"))["checkpoints"]!.AsArray()
            .Single(c => c!["reason"]!.GetValue<string>() == "final")!["sha256"]!.GetValue<string>();
    }

    [Fact]
    public async Task Pause_resume_and_stop_reach_the_trials()
    {
        JsonNode spec = Sweep("""{"parameters": {"/optimizer/learning_rate": [0.001, 0.01, 0.1]}, "at_once": 2}""", epochs: 10_000);
        string id = await _http.SubmitAsync(spec);
        await Wait.UntilAsync(async () => (await TrialsAsync(id)).Any(t => t.Status() == "running"), "a trial runs");
        await _http.ActAsync(id, "pause");
        await _http.WaitForAsync(id, "paused");
        (await TrialsAsync(id)).Select(t => t.Status()).ShouldBe(["paused", "paused"]);
        await _http.ActAsync(id, "resume");
        await Wait.UntilAsync(async () => (await TrialsAsync(id)).Any(t => t.Status() == "running"), "a trial runs again");
        string running = (await TrialsAsync(id)).First(t => t.Status() == "running")["id"]!.GetValue<string>();
        await _http.ActAsync(running, "stop");
        await Wait.UntilAsync(async () => (await TrialsAsync(id)).Count == 3, "the third takes its place");
        await (await _http.DeleteAsync($"/jobs/{running}")).ShouldBeProblemAsync(409);

        await _http.ActAsync(id, "stop");
        JsonNode stopped = await _http.WaitForAsync(id, "stopped");
        (await TrialsAsync(id)).ShouldAllBe(t => t.Status() == "stopped");
        stopped["best"]!["checkpoint"].ShouldNotBeNull();
        stopped["summary"]!["ranking"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task Cancelling_a_sweep_cancels_its_trials_at_once()
    {
        string id = await _http.SubmitAsync(Sweep("""{"parameters": {"/optimizer/learning_rate": [0.001, 0.01, 0.1]}}""", epochs: 10_000));
        await Wait.UntilAsync(async () => (await TrialsAsync(id)).Any(t => t.Status() == "running"), "a trial runs");
        await _http.ActAsync(id, "cancel");
        (await TrialsAsync(id)).ShouldAllBe(t => t.Status() == "cancelled");
    }

    [Fact]
    public async Task Every_combination_is_checked_before_the_sweep_is_taken()
    {
        await ErrorsAsync("""{"parameters": {"/optimizer/learning_rate": [0.1, -1], "/model/layers/9/units": [3]}}""", ("/sweep/parameters/~1model~1layers~19~1units", "not_found"));
        await ErrorsAsync("""{"parameters": {"/modle/layers/0/units": [3]}}""", ("/sweep/parameters/~1modle~1layers~10~1units", "unknown_key"));
        await ErrorsAsync("""{"parameters": {"/optimizer/learning_rate": [0.1, -1], "/model/layers/1/units": [3, 4]}, "monitor": "val_los"}""",
            ("/sweep/parameters/~1optimizer~1learning_rate", "out_of_range"), ("/sweep/monitor", "not_found"));
        await ErrorsAsync("""{"parameters": {"optimizer": [1], "/epochs": {"normal": [1, 2]}, "/seed": [], "/batch_size": {"uniform": [2, 1]}}, "trials": 3}""",
            ("/sweep/trials", "conflict"), ("/sweep/parameters/optimizer", "not_found"), ("/sweep/parameters/~1epochs", "wrong_type"), ("/sweep/parameters/~1seed", "wrong_type"),
            ("/sweep/parameters/~1batch_size", "wrong_type"));
        await ErrorsAsync("""{"method": "halving", "trials": 4, "first_epochs": 5, "seeds": [1, 2], "parameters": {"/batch_size": [8, 16]}}""", ("/sweep/seeds", "conflict"), ("/sweep/first_epochs", "out_of_range"));
        await ErrorsAsync("""{"method": "random", "parameters": {"/batch_size": [8]}}""", ("/sweep/trials", "required"));
        await ErrorsAsync("""{"parameters": {"/batch_size": {"integers": [1, 1000]}}}""", ("/sweep/parameters", "out_of_range"));

        async Task ErrorsAsync(string sweep, params (string, string)[] expected)
        {
            using HttpResponseMessage answer = await _http.PostAsync("/jobs/validate", ApiClient.Json(Sweep(sweep).ToJsonString()));
            (await answer.ShouldBeProblemAsync(422))["errors"]!.AsArray().Select(e => (e!["pointer"]!.GetValue<string>(), e["code"]!.GetValue<string>())).Distinct().ShouldBe(expected, ignoreOrder: true);
        }
    }

    [Fact]
    public async Task How_many_layers_to_reuse_can_be_swept_in_a_chain_that_ends_with_a_measurement_of_the_best()
    {
        JsonNode reuse = Sweep("""{"parameters": {"/model/drop_last": [1, 2], "/model/freeze": ["all", []]}}""", epochs: 2);
        reuse["model"] = JsonNode.Parse("""{"from_checkpoint": "parent:best", "drop_last": 1, "append": [{"type": "dense", "units": 3, "activation": "softmax", "name": "head"}]}""");
        JsonNode deep = Specs.Small(epochs: 2);
        deep["model"]!["layers"]!.AsArray().Insert(0, JsonNode.Parse("""{"type": "dense", "units": 6, "activation": "relu"}"""));
        JsonNode measure = JsonNode.Parse("""{"kind": "evaluate", "model": {"from_checkpoint": "parent:best"}, "evaluate": {"part": "train"}}""")!;
        using HttpResponseMessage answer = await _http.PostAsync("/jobs", ApiClient.Json(new JsonObject { ["chain"] = new JsonArray(deep, reuse, measure) }.ToJsonString()));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        string[] ids = [.. (await answer.BodyAsync())["jobs"]!.AsArray().Select(j => j!["id"]!.GetValue<string>())];

        JsonNode measured = await _http.WaitForAsync(ids[2], "succeeded"), sweep = await _http.GetJsonAsync($"/jobs/{ids[1]}"), source = await _http.GetJsonAsync($"/jobs/{ids[0]}");
        sweep["from_checkpoint"]!.GetValue<string>().ShouldBe(source["best"]!["checkpoint"]!.GetValue<string>());
        (await TrialsAsync(ids[1])).ShouldAllBe(t => t["from_checkpoint"]!.GetValue<string>() == sweep["from_checkpoint"]!.GetValue<string>());
        measured["from_checkpoint"]!.GetValue<string>().ShouldBe(sweep["best"]!["checkpoint"]!.GetValue<string>());
        JsonNode summary = measured["summary"]!;
        (summary["part"]!.GetValue<string>(), summary["dataset"]!.GetValue<string>()).ShouldBe(("train", "blobs"));
        summary["metrics"]!["accuracy"]!.GetValue<double>().ShouldBeInRange(0, 1);
        summary["confusion"]!["matrix"]!.AsArray().Sum(r => r!.AsArray().Sum(n => n!.GetValue<long>())).ShouldBe(summary["rows"]!.GetValue<long>());
        summary["confusion"]!["per_class"]!.AsArray().Count.ShouldBe(3);
        measured["latest"]!["accuracy"]!.GetValue<double>().ShouldBe(summary["metrics"]!["accuracy"]!.GetValue<double>());

        JsonNode asked = await (await _http.PostAsync($"/checkpoints/{measured["from_checkpoint"]}/evaluate", ApiClient.Json("""{"part": "train"}"""))).BodyAsync();
        asked["metrics"]!["loss"]!.GetValue<double>().ShouldBe(summary["metrics"]!["loss"]!.GetValue<double>(), 1e-12);
    }

    [Fact]
    public async Task What_an_evaluation_can_not_be_is_told_before_it_is_queued()
    {
        string job = await _http.SubmitAsync(Specs.Small(epochs: 1));
        string checkpoint = (await _http.WaitForAsync(job, "succeeded"))["best"]!["checkpoint"]!.GetValue<string>();
        JsonNode wrong = JsonNode.Parse($$"""
            {"kind": "evaluate", "epochs": 3, "model": {"from_checkpoint": "{{checkpoint}}", "drop_last": 1}, "dataset": {"name": "blobs", "limit": 5}, "evaluate": {"part": "validation"} }
            """)!;
        using HttpResponseMessage answer = await _http.PostAsync("/jobs", ApiClient.Json(wrong.ToJsonString()));
        (await answer.ShouldBeProblemAsync(422))["errors"]!.AsArray().Select(e => e!["pointer"]!.GetValue<string>()).ShouldBe(
            ["/epochs", "/model/drop_last", "/dataset/limit", "/evaluate/part"], ignoreOrder: true);
        string alone = await _http.SubmitAsync(new JsonObject { ["kind"] = "evaluate", ["model"] = new JsonObject { ["from_checkpoint"] = checkpoint } });
        (await _http.WaitForAsync(alone, "succeeded"))["summary"]!["part"]!.GetValue<string>().ShouldBe("test");
    }

    [Fact]
    public async Task A_sweep_survives_the_death_of_the_service_at_any_moment()
    {
        (string, string)[] settings = [("TRAINSERVICE__RESUMESECONDS", "0.05"), ("TRAINSERVICE__MAXPROCESSLOSSES", "100")];
        await using ServerProcess server = await ServerProcess.StartAsync(settings);
        JsonNode spec = Sweep("""{"method": "halving", "trials": 8, "factor": 2, "first_epochs": 10, "at_once": 2, "parameters": {"/optimizer/learning_rate": {"log_uniform": [1e-5, 0.3]}}}""", epochs: 40);
        string id = await server.Http.SubmitAsync(spec);
        for (int i = 0; i < 3; i++)
        {
            await Task.Delay(150 * (i + 1));
            await server.KillAsync();
            await server.StartAgainAsync(settings);
        }

        await server.Http.WaitForAsync(id, "succeeded");
        JsonNode disturbed = await server.Http.GetJsonAsync($"/jobs/{id}/trials");
        JsonNode calm = await _http.GetJsonAsync($"/jobs/{Id(await RunAsync(_http, spec))}/trials");
        Figures(disturbed).ShouldBe(Figures(calm));

        static IEnumerable<string> Figures(JsonNode ranking) => ranking["ranking"]!.AsArray()
            .Select(p => $"{p!["rank"]} {p["values"]!.ToJsonString()} {p["mean"]} {p["trials"]![0]!["trial"]} {p["trials"]![0]!["epochs"]} {p["trials"]![0]!["status"]}");
    }

    private static JsonNode Sweep(string sweep, int epochs = 3)
    {
        JsonNode spec = Specs.Small(epochs);
        spec["kind"] = "sweep";
        spec["sweep"] = JsonNode.Parse(sweep);
        return spec;
    }

    private static string Id(JsonNode job) => job["id"]!.GetValue<string>();

    private static async Task<JsonNode> RunAsync(HttpClient http, JsonNode spec) => await http.WaitForAsync(await http.SubmitAsync(spec), "succeeded");

    private async Task<IReadOnlyList<JsonNode>> TrialsAsync(string sweep) => [.. (await _http.GetJsonAsync($"/jobs?sweep={sweep}"))["jobs"]!.AsArray().Select(j => j!)];
}

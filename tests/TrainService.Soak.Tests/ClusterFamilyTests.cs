using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using Xunit.Abstractions;

namespace TrainService.Soak.Tests;

/// <summary>
/// Jobs that depend on each other, over a cluster whose workers are killed: a chain and a sweep that halves. Whoever is left binds checkpoints, compares rungs
/// and starts trials; it must come to what one undisturbed worker comes to. Long form: TRAINSERVICE_CLUSTER_CRASHES=40 (about 6 minutes).
/// </summary>
public sealed class ClusterFamilyTests(ITestOutputHelper output)
{
    [PostgresFact]
    public async Task A_chain_and_a_sweep_come_to_the_same_whichever_worker_is_killed()
    {
        int wanted = LongForm.Number("TRAINSERVICE_CLUSTER_CRASHES", 2), kills = 0, families = 0, runs = 0;
        Random random = new(LongForm.Number("TRAINSERVICE_CRASH_SEED", 1));
        await using ClusterNodes nodes = new();
        ServerProcess api = await nodes.StartAsync("api");
        List<ServerProcess> workers = [await nodes.StartAsync("worker", threads: 2), await nodes.StartAsync("worker")];
        Family calm = await EndAsync(api.Http, await StartAsync(api.Http));
        do
        {
            (string[] chain, string sweep) = await StartAsync(api.Http);
            for (int i = 0; i < 2 && kills < wanted; i++, kills++)
            {
                await Task.Delay(random.Next(200, 1500));
                ServerProcess victim = workers[random.Next(workers.Count)];
                await victim.KillAsync();
                workers.Remove(victim);
                workers.Add(await nodes.StartAsync("worker", threads: random.Next(1, 4)));
            }

            Family disturbed = await EndAsync(api.Http, (chain, sweep));
            disturbed.Chain.ShouldBe(calm.Chain);
            disturbed.Ranking.ShouldBe(calm.Ranking);
            disturbed.Trials.ShouldBe(calm.Trials);
            runs += disturbed.Runs;
            families++;
        }
        while (kills < wanted);

        output.WriteLine($"{kills} kills: {families} chains and sweeps, {families * calm.Jobs} jobs in {runs} runs ({families * calm.Runs} when undisturbed), all as undisturbed");
    }

    private static async Task<(string[] Chain, string Sweep)> StartAsync(HttpClient http)
    {
        JsonNode first = Networks.Spec("normalized"), second = Networks.Spec("normalized"), sweep = Networks.Spec("dense");
        (first["epochs"], second["epochs"], sweep["epochs"]) = (60, 60, 48);
        second["model"] = JsonNode.Parse("""
            {"from_checkpoint": "parent:best", "drop_last": 1, "freeze": "all", "append": [{"type": "dense", "units": 2, "activation": "softmax", "name": "head"}]}
            """);
        JsonNode measured = JsonNode.Parse("""{"kind": "evaluate", "model": {"from_checkpoint": "parent:best"}, "evaluate": {"part": "train"}}""")!;
        using HttpResponseMessage answer = await http.PostAsync("/jobs", ApiClient.Json(new JsonObject { ["chain"] = new JsonArray(first, second, measured) }.ToJsonString()));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        string[] chain = [.. (await answer.BodyAsync())["jobs"]!.AsArray().Select(j => j!["id"]!.GetValue<string>())];
        sweep["kind"] = "sweep";
        sweep["sweep"] = JsonNode.Parse("""
            {"method": "halving", "trials": 6, "factor": 2, "first_epochs": 12, "at_once": 2, "parameters": {"/optimizer/learning_rate": {"log_uniform": [1e-5, 0.05]}}}
            """);
        return (chain, await http.SubmitAsync(sweep));
    }

    private static async Task<Family> EndAsync(HttpClient http, (string[] Chain, string Sweep) ids)
    {
        int runs = 0, jobs = 0;
        foreach (string id in (string[])[.. ids.Chain, ids.Sweep])
            await http.WaitForAsync(id, "succeeded");
        List<string> links = [];
        foreach (string id in ids.Chain)
        {
            JsonNode job = await http.GetJsonAsync($"/jobs/{id}");
            links.Add(job["kind"]!.GetValue<string>() == "evaluate" ? job["summary"]!["metrics"]!.ToJsonString() : (await Outcome.OfAsync(http, id)).ToString());
            Count(job);
        }

        JsonNode ranking = await http.GetJsonAsync($"/jobs/{ids.Sweep}/trials");
        string ranked = string.Join('\n', ranking["ranking"]!.AsArray().Select(p => $"{p!["rank"]} {p["values"]!.ToJsonString()} {p["mean"]} {p["trials"]![0]!["epochs"]} {p["trials"]![0]!["status"]}"));
        List<string> trials = [];
        foreach (JsonNode? trial in (await http.GetJsonAsync($"/jobs?sweep={ids.Sweep}&limit=100"))["jobs"]!.AsArray().OrderBy(j => j!["trial"]!.GetValue<int>()))
        {
            string id = trial!["id"]!.GetValue<string>();
            IReadOnlyList<JsonNode> log = await http.EventsAsync(id);
            log.Select(e => e["seq"]!.GetValue<long>()).ShouldBe(Enumerable.Range(1, log.Count).Select(i => (long)i), id);
            trials.Add($"{trial["trial"]} {string.Join(' ', log.Where(e => e["type"]!.GetValue<string>() == "epoch").Select(e => $"{e["data"]!["epoch"]}:{e["data"]!["val_loss"]}"))}");
            Count(trial);
        }

        return new Family(string.Join('\n', links), ranked, string.Join('\n', trials), jobs, runs);

        void Count(JsonNode job) => (jobs, runs) = (jobs + 1, runs + job["attempt"]!.GetValue<int>());
    }

    private sealed record Family(string Chain, string Ranking, string Trials, int Jobs, int Runs);
}

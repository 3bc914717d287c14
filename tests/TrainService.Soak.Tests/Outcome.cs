using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Soak.Tests;

/// <summary>All that a job came to, without what depends on the clock: equal for every run of the same job, however often it was broken off.</summary>
internal sealed record Outcome(string Epochs, string Checkpoints, string Reason)
{
    private static readonly string[] OfTheClock = ["duration_seconds", "samples_per_second", "data_wait"];

    /// <summary>Reads a job that is over, and checks what must hold of every log by itself.</summary>
    public static async Task<Outcome> OfAsync(HttpClient http, string id)
    {
        JsonNode job = await http.GetJsonAsync($"/jobs/{id}");
        job.Status().ShouldBe("succeeded", $"{id}: {job["reason"]} {job["error"]?.ToJsonString()}");
        IReadOnlyList<JsonNode> log = await http.EventsAsync(id);
        log.Select(e => e["seq"]!.GetValue<long>()).ShouldBe(Enumerable.Range(1, log.Count).Select(i => (long)i), id);
        log[^1]["data"]!["status"]!.GetValue<string>().ShouldBe("succeeded");
        JsonNode[] epochs = [.. log.Where(e => Type(e) == "epoch").Select(e => e["data"]!)];
        epochs.Select(e => e["epoch"]!.GetValue<int>()).ShouldBe(Enumerable.Range(1, epochs.Length), id);
        string[] said = [.. log.Where(e => Type(e) is "progress" or "checkpoint").Select(e => $"{Type(e)} {e["data"]!["epoch"]} {e["data"]!["step"]} {e["data"]!["reason"]}")];
        said.Length.ShouldBe(said.Distinct().Count(), $"{id}: something was said twice");

        JsonArray kept = (await http.GetJsonAsync($"/jobs/{id}/checkpoints"))["checkpoints"]!.AsArray();
        return new(
            string.Join('\n', epochs.Select(WithoutTimes)),
            string.Join('\n', kept.Select(c => $"{c!["epoch"]} {c["step"]} {c["reason"]} {c["sha256"]}").Order(StringComparer.Ordinal)),
            job["reason"]?.GetValue<string>() ?? "");
    }

    private static string Type(JsonNode e) => e["type"]!.GetValue<string>();

    private static string WithoutTimes(JsonNode epoch)
    {
        JsonObject copy = epoch.DeepClone().AsObject();
        foreach (string name in OfTheClock)
            copy.Remove(name);
        return copy.ToJsonString();
    }
}

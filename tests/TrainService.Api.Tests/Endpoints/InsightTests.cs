using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Endpoints;

/// <summary>What a checkpoint gets wrong, and how its numbers are spread.</summary>
[Collection(ServerCollection.Name)]
public class InsightTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task The_worst_rows_are_told_by_their_number_in_the_dataset()
    {
        JsonNode spec = Specs.Small(epochs: 2);
        // Two of three classes: rows of the third are left out, and numbers stay the dataset's.
        spec["dataset"]!["classes"] = new JsonArray("top", "right");
        spec["model"]!["layers"]![1]!["units"] = 2;
        string checkpoint = await CheckpointAsync(spec);
        JsonNode answer = await AskAsync($"/checkpoints/{checkpoint}/evaluate", """{"part": "train", "worst": 12}""");
        JsonNode[] worst = [.. answer["worst"]!.AsArray().Select(w => w!)];
        worst.Length.ShouldBe(12);
        double[] losses = [.. worst.Select(w => w["loss"]!.GetValue<double>())];
        losses.ShouldBe(losses.OrderDescending());
        losses[0].ShouldBeGreaterThan(answer["metrics"]!["loss"]!.GetValue<double>());
        foreach (JsonNode row in worst.Take(3))
        {
            JsonNode shown = (await _http.GetJsonAsync($"/datasets/blobs/preview?first={row["row"]}&rows=1"))["rows"]![0]!;
            row["actual"]!.GetValue<string>().ShouldBe(shown["class"]!.GetValue<string>());
            JsonNode prediction = await AskAsync($"/checkpoints/{checkpoint}/predict", $$"""{"inputs": [{{shown["input"]!.ToJsonString()}}]}""");
            prediction["classes"]![0]![0]!["name"]!.GetValue<string>().ShouldBe(row["predicted"]!["name"]!.GetValue<string>());
            double probability = prediction["outputs"]![0]![row["target"]![0]!.GetValue<int>()]!.GetValue<double>();
            row["loss"]!.GetValue<double>().ShouldBe(-Math.Log(probability), 1e-4);
        }

        (await AskAsync($"/checkpoints/{checkpoint}/evaluate", "{}"))["worst"].ShouldBeNull();
        using HttpResponseMessage odd = await _http.PostAsync($"/checkpoints/{checkpoint}/evaluate", ApiClient.Json("""{"worst": 0}"""));
        (await odd.ShouldBeProblemAsync(422))["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe("/worst");
    }

    [Fact]
    public async Task Weights_and_activations_have_histograms()
    {
        string checkpoint = await CheckpointAsync(Specs.Small(epochs: 1));
        JsonNode answer = await AskAsync($"/checkpoints/{checkpoint}/histograms", """{"rows": 50, "bins": 8}""");
        (answer["dataset"]!.GetValue<string>(), answer["rows"]!.GetValue<int>()).ShouldBe(("blobs", 50));
        JsonNode relu = answer["layers"]![0]!, softmax = answer["layers"]![1]!;
        relu["weights"]!.AsArray().Select(w => w!["histogram"]!["count"]!.GetValue<int>()).ShouldBe([16, 8]);
        relu["weights"]![0]!["histogram"]!["bins"]!.AsArray().Sum(b => b!.GetValue<int>()).ShouldBe(16);
        JsonNode on = relu["activations"]!;
        (on["count"]!.GetValue<int>(), on["minimum"]!.GetValue<double>()).ShouldBe((50 * 8, 0));
        on["zeros"]!.GetValue<double>().ShouldBeInRange(0.01, 0.99);
        on["bins"]!.AsArray().Sum(b => b!.GetValue<int>()).ShouldBe(400);
        softmax["activations"]!["mean"]!.GetValue<double>().ShouldBe(1 / 3.0, 1e-6);

        JsonNode weights = await AskAsync($"/checkpoints/{checkpoint}/histograms", """{"rows": 0}""");
        weights["layers"]![0]!["activations"].ShouldBeNull();
        foreach ((string body, string pointer) in new[] { ("""{"dataset": "nothing"}""", "/dataset"), ("""{"part": "validation"}""", "/part"), ("""{"bins": 1}""", "/bins"), ("""{"dataset": "sine"}""", "/dataset") })
        {
            using HttpResponseMessage odd = await _http.PostAsync($"/checkpoints/{checkpoint}/histograms", ApiClient.Json(body));
            (await odd.ShouldBeProblemAsync(422))["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe(pointer);
        }
    }

    [Fact]
    public async Task Events_of_one_type_come_thinned_out()
    {
        string job = await _http.SubmitAsync(Specs.Small(epochs: 30));
        await _http.WaitForAsync(job, "succeeded");
        JsonNode epochs = await _http.GetJsonAsync($"/jobs/{job}/events?type=epoch&limit=4");
        epochs["events"]!.AsArray().Select(e => e!["type"]!.GetValue<string>()).Distinct().ShouldBe(["epoch"]);
        epochs["events"]!.AsArray().Select(e => e!["data"]!["epoch"]!.GetValue<int>()).ShouldBe([1, 11, 21, 30]);
        (await _http.GetJsonAsync($"/jobs/{job}/events?type=status"))["events"]!.AsArray()[^1]!["data"]!["status"]!.GetValue<string>().ShouldBe("succeeded");
        (await _http.GetJsonAsync($"/jobs/{job}/metrics?max_points=4"))["epochs"]!.AsArray().Count.ShouldBe(4);
        using HttpResponseMessage odd = await _http.GetAsync($"/jobs/{job}/events?type=epochs");
        await odd.ShouldBeProblemAsync(400);
        using HttpResponseMessage gone = await _http.GetAsync("/jobs/job_none/events?type=epoch");
        await gone.ShouldBeProblemAsync(404);
    }

    private async Task<string> CheckpointAsync(JsonNode spec)
    {
        string job = await _http.SubmitAsync(spec);
        return (await _http.WaitForAsync(job, "succeeded"))["best"]!["checkpoint"]!.GetValue<string>();
    }

    private async Task<JsonNode> AskAsync(string path, string body)
    {
        using HttpResponseMessage answer = await _http.PostAsync(path, ApiClient.Json(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.BodyAsync();
    }
}

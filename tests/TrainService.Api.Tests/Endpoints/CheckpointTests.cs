using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Endpoints;

[Collection(ServerCollection.Name)]
public class CheckpointTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task A_job_leaves_checkpoints_that_can_be_found_read_and_downloaded()
    {
        string job = await _http.SubmitAsync(Specs.Small(epochs: 4));
        string best = (await _http.WaitForAsync(job, "succeeded"))["best"]!["checkpoint"]!.GetValue<string>();
        JsonArray all = (await _http.GetJsonAsync($"/jobs/{job}/checkpoints"))["checkpoints"]!.AsArray();
        all.Select(c => c!["id"]!.GetValue<string>()).ShouldContain(best);
        JsonNode one = await _http.GetJsonAsync($"/checkpoints/{best}");
        one["job"]!.GetValue<string>().ShouldBe(job);
        one["metrics"]!["val_loss"]!.GetValue<double>().ShouldBeGreaterThan(0);

        using HttpResponseMessage weights = await _http.GetAsync($"/checkpoints/{best}/weights");
        byte[] file = await weights.Content.ReadAsByteArrayAsync();
        file.LongLength.ShouldBe(one["bytes"]!.GetValue<long>());
        Convert.ToHexStringLower(SHA256.HashData(file)).ShouldBe(one["sha256"]!.GetValue<string>());
        JsonNode header = JsonNode.Parse(file.AsSpan(8, (int)BinaryPrimitives.ReadInt64LittleEndian(file)))!;
        string[] tensors = [.. header.AsObject().Select(p => p.Key).Where(k => k != "__metadata__").Order()];
        tensors.Length.ShouldBe(4);
        tensors.Count(t => t.EndsWith("/kernel", StringComparison.Ordinal)).ShouldBe(2);
        tensors.Count(t => t.EndsWith("/bias", StringComparison.Ordinal)).ShouldBe(2);

        using var part = new HttpRequestMessage(HttpMethod.Get, $"/checkpoints/{best}/weights") { Headers = { { "Range", "bytes=0-7" } } };
        using HttpResponseMessage range = await _http.SendAsync(part);
        range.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await range.Content.ReadAsByteArrayAsync()).ShouldBe(file[..8]);
    }

    [Fact]
    public async Task Rows_of_the_preview_can_be_predicted_and_evaluated()
    {
        string job = await _http.SubmitAsync(Specs.Small(epochs: 20));
        string checkpoint = (await _http.WaitForAsync(job, "succeeded"))["best"]!["checkpoint"]!.GetValue<string>();
        JsonArray rows = (await _http.GetJsonAsync("/datasets/blobs/preview?rows=10"))["rows"]!.AsArray();
        string inputs = string.Join(',', rows.Select(r => r!["input"]!.ToJsonString()));
        using HttpResponseMessage answer = await _http.PostAsync($"/checkpoints/{checkpoint}/predict", ApiClient.Json($$"""{"inputs": [{{inputs}}], "top_k": 2}"""));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        JsonNode prediction = await answer.BodyAsync();
        prediction["outputs"]!.AsArray().Count.ShouldBe(10);
        prediction["outputs"]![0]!.AsArray().Sum(p => p!.GetValue<float>()).ShouldBe(1, 1e-5);
        prediction["classes"]![0]!.AsArray().Count.ShouldBe(2);
        int right = rows.Zip(prediction["classes"]!.AsArray()).Count(p => p.First!["target"]!.GetValue<int>() == p.Second![0]!["index"]!.GetValue<int>());
        right.ShouldBeGreaterThan(5);

        using HttpResponseMessage evaluated = await _http.PostAsync($"/checkpoints/{checkpoint}/evaluate", ApiClient.Json("""{"dataset": {"name": "blobs"}}"""));
        evaluated.StatusCode.ShouldBe(HttpStatusCode.OK, await evaluated.Content.ReadAsStringAsync());
        JsonNode evaluation = await evaluated.BodyAsync();
        evaluation["metrics"]!["accuracy"]!.GetValue<double>().ShouldBeInRange(0.5, 1);
    }

    [Fact]
    public async Task Dropout_at_prediction_gives_mean_and_deviation()
    {
        JsonNode spec = Specs.Small(epochs: 2);
        spec["model"]!["layers"]!.AsArray().Insert(1, new JsonObject { ["type"] = "dropout", ["rate"] = 0.5 });
        string job = await _http.SubmitAsync(spec);
        string checkpoint = (await _http.WaitForAsync(job, "succeeded"))["best"]!["checkpoint"]!.GetValue<string>();
        JsonNode row = (await _http.GetJsonAsync("/datasets/blobs/preview?rows=1"))["rows"]![0]!["input"]!;
        using HttpResponseMessage answer = await _http.PostAsync($"/checkpoints/{checkpoint}/predict", ApiClient.Json($$"""{"inputs": [{{row.ToJsonString()}}], "mc_samples": 50}"""));
        JsonNode prediction = await answer.BodyAsync();
        prediction["mean"]![0]!.AsArray().Sum(p => p!.GetValue<float>()).ShouldBe(1, 1e-4);
        prediction["std"]![0]!.AsArray().ShouldContain(s => s!.GetValue<float>() > 0);
    }

    [Fact]
    public async Task A_checkpoint_can_be_removed()
    {
        string job = await _http.SubmitAsync(Specs.Small(epochs: 1));
        string checkpoint = (await _http.WaitForAsync(job, "succeeded"))["best"]!["checkpoint"]!.GetValue<string>();
        using HttpResponseMessage deleted = await _http.DeleteAsync($"/checkpoints/{checkpoint}");
        (await deleted.BodyAsync())["bytes"]!.GetValue<long>().ShouldBeGreaterThan(100);
        using HttpResponseMessage gone = await _http.PostAsync($"/checkpoints/{checkpoint}/predict", ApiClient.Json("""{"inputs": [[1, 2]]}"""));
        await gone.ShouldBeProblemAsync(404);
    }
}

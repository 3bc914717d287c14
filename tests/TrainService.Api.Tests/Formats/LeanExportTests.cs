using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Formats;

/// <summary>A trained network made leaner on its way out, and taken in again: without batch normalization, and with kernels in 8 bits.</summary>
[Collection(ServerCollection.Name)]
public class LeanExportTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task With_normalizations_folded_the_predictions_stay()
    {
        string checkpoint = await TrainAsync();
        double[] expected = await PredictAsync(checkpoint);
        foreach (string format in new[] { "keras", "h5", "tfjs", "onnx" })
            (await PredictAsync(await ImportAsync(null, await ExportAsync(checkpoint, $"format={format}&fold_batch_normalization=true")))).ShouldBe(expected, 1e-5);
        JsonNode told = (await FactsAsync(checkpoint, "format=onnx&fold_batch_normalization=true"))["batch_normalization"]!;
        told["folded"]!.ToJsonString().ShouldBe("""[{"name":"bn","into":"first"}]""");
        told["kept"]!.AsArray().ShouldHaveSingleItem()!["reason"]!.GetValue<string>().ShouldContain("is a relu, which has no kernel");
        told["largest_difference"]!.GetValue<double>().ShouldBeLessThan(1e-5);
    }

    [Fact]
    public async Task Kernels_in_8_bits_come_back_and_say_what_they_cost()
    {
        string checkpoint = await TrainAsync();
        double[] expected = await PredictAsync(checkpoint), rounded = [];
        string model = (await _http.GetJsonAsync($"/checkpoints/{checkpoint}"))["model"]!["model"]!.ToJsonString();
        foreach (string format in new[] { "safetensors", "npz", "onnx" })
        {
            double[] given = await PredictAsync(await ImportAsync(format == "onnx" ? null : model, await ExportAsync(checkpoint, $"format={format}&precision=int8")));
            given.ShouldBe(expected, 0.05);
            given.ShouldNotBe(expected);
            if (rounded.Length > 0) given.ShouldBe(rounded, 1e-5);
            rounded = given;
            JsonNode facts = await FactsAsync(checkpoint, $"format={format}&precision=int8"), loss = facts["precision_loss"]!;
            facts["precision"]!.GetValue<string>().ShouldBe("int8");
            facts["tensor_bytes"]!.GetValue<long>().ShouldBeLessThan(facts["float32_bytes"]!.GetValue<long>());
            loss["largest_difference"]!.GetValue<double>().ShouldBeInRange(1e-7, 0.1);
            JsonNode measured = loss["measured"]!;
            (measured["dataset"]!.GetValue<string>(), measured["rows"]!.GetValue<int>() > 0).ShouldBe(("blobs", true));
            measured["int8"]!["loss"]!.GetValue<double>().ShouldBe(measured["float32"]!["loss"]!.GetValue<double>(), 0.05);
            measured["int8"]!["loss"]!.GetValue<double>().ShouldNotBe(measured["float32"]!["loss"]!.GetValue<double>());
        }
    }

    private async Task<string> TrainAsync()
    {
        JsonNode spec = Specs.Small(epochs: 3);
        spec["model"]!["layers"] = JsonNode.Parse("""[{"type": "dense", "units": 64, "use_bias": false, "name": "first", "input_shape": [2]}, {"type": "batch_normalization", "name": "bn"}, "relu", "batch_normalization", {"type": "dense", "units": 3, "activation": "softmax"}]""");
        return (await _http.WaitForAsync(await _http.SubmitAsync(spec), "succeeded"))["best"]!["checkpoint"]!.GetValue<string>();
    }

    private async Task<double[]> PredictAsync(string checkpoint)
    {
        using HttpResponseMessage answer = await _http.PostAsync($"/checkpoints/{checkpoint}/predict", ApiClient.Json("""{"inputs": [[0.5, -1.5], [2, 1], [-0.25, 0.75], [-3, 4]]}"""));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return [.. (await answer.BodyAsync())["outputs"]!.AsArray().SelectMany(r => r!.AsArray()).Select(n => n!.GetValue<double>())];
    }

    private async Task<string> ImportAsync(string? model, byte[] file)
    {
        using HttpResponseMessage answer = await _http.ImportAsync(model, file);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.BodyAsync())["id"]!.GetValue<string>();
    }

    private async Task<byte[]> ExportAsync(string checkpoint, string query)
    {
        using HttpResponseMessage answer = await _http.GetAsync($"/checkpoints/{checkpoint}/export?{query}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private async Task<JsonNode> FactsAsync(string checkpoint, string query)
    {
        using var archive = new ZipArchive(new MemoryStream(await ExportAsync(checkpoint, query + "&bundle=true")));
        return (await JsonNode.ParseAsync(archive.GetEntry("bundle.json")!.Open()))!;
    }
}

using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using TrainService.Formats;
using TrainService.Formats.Npy;

namespace TrainService.Api.Tests.Datasets;

/// <summary>Pictures that nobody has labelled: uploaded, and learned from.</summary>
[Collection(ServerCollection.Name)]
public class UnlabelledTests(SharedServer shared)
{
    private const string Tower = "\"model\": {\"type\": \"sequential\", \"layers\": [\"flatten\", {\"type\": \"dense\", \"units\": 6}]}";

    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task Every_kind_that_needs_no_labels_learns_from_them()
    {
        string name = await UploadAsync("""{"target": "none"}""", HttpStatusCode.Created);
        JsonNode target = (await _http.GetJsonAsync($"/datasets/{name}"))["target"]!;
        (target["kind"]!.GetValue<string>(), target["shape"]!.ToJsonString()).ShouldBe(("inputs", "[8,8]"));
        (await _http.GetJsonAsync($"/datasets/{name}/preview"))["rows"]![0]!["target"].ShouldBeNull();
        string[] jobs =
        [
            "\"kind\": \"pretrain_autoencoder\", " + Tower, "\"kind\": \"pretrain_greedy\", " + Tower, "\"kind\": \"pretrain_rbm\", " + Tower,
            "\"kind\": \"pretrain_pairs\", \"pretrain_pairs\": {\"task\": \"rotation\"}, " + Tower,
            """
            "kind": "gan", "gan": {"latent_size": 3, "generator": {"type": "sequential", "layers": [{"type": "dense", "units": 64}, {"type": "reshape", "target_shape": [8, 8]}]},
              "discriminator": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 1}]}}
            """,
            // As Keras's fit(x, x).
            """
            "loss": "mse", "optimizer": "adam", "model": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 6}, {"type": "dense", "units": 64}, {"type": "reshape", "target_shape": [8, 8]}]}
            """,
        ];
        foreach (string job in jobs)
        {
            string id = await _http.SubmitAsync(JsonNode.Parse($$"""{"epochs": 2, "batch_size": 10, "dataset": {"name": "{{name}}", "validation_split": 0.2}, {{job}}}""")!);
            await _http.WaitForAsync(id, "succeeded");
        }
    }

    [Fact]
    public async Task What_needs_labels_says_that_there_are_none()
    {
        string name = await UploadAsync("""{"target": "none"}""", HttpStatusCode.Created);
        await RefusedAsync("\"loss\": \"sparse_categorical_crossentropy\", \"optimizer\": \"adam\", " + Tower, "/loss", "nothing of it is labelled");
        await RefusedAsync("\"kind\": \"pretrain_pairs\", " + Tower, "/dataset", "rotation");

        async Task RefusedAsync(string job, string pointer, string detail)
        {
            using HttpResponseMessage answer = await _http.PostAsync("/jobs/validate", ApiClient.Json($$"""{"epochs": 2, "dataset": {"name": "{{name}}"}, {{job}}}"""));
            JsonNode error = (await answer.ShouldBeProblemAsync(422))["errors"]!.AsArray().Single(e => e!["pointer"]!.GetValue<string>() == pointer)!;
            error["detail"]!.GetValue<string>().ShouldContain(detail);
        }
    }

    [Fact]
    public async Task Labels_that_are_missing_are_not_guessed_away() => await UploadAsync("{}", HttpStatusCode.UnprocessableEntity);

    private async Task<string> UploadAsync(string spec, HttpStatusCode expected)
    {
        string name = $"loose-{Guid.NewGuid():n}"[..20];
        var pixels = new byte[60 * 64];
        new Random(5).NextBytes(pixels);
        using var file = new MemoryStream();
        NpzFile.Write(file, [new NamedArray("x", ArrayType.UInt8, [60, 8, 8], pixels)]);
        using var form = new MultipartFormDataContent { { new StringContent(name), "name" }, { new StringContent(spec), "spec" }, { new ByteArrayContent(file.ToArray()), "file", "x.npz" } };
        using HttpResponseMessage answer = await _http.PostAsync("/datasets", form);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
        return name;
    }
}

using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using TrainService.Formats;
using TrainService.Formats.Npy;
using TrainService.Formats.Safetensors;

namespace TrainService.Api.Tests.Endpoints;

[Collection(ServerCollection.Name)]
public class ImportTests(SharedServer shared)
{
    private const string Model = """
        {"type": "sequential", "layers": [{"type": "dense", "name": "out", "units": 3, "activation": "softmax", "input_shape": [2]}]}
        """;

    private readonly HttpClient _http = shared.Server.Http;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Weights_from_elsewhere_become_a_checkpoint_like_any_other(bool npz)
    {
        using HttpResponseMessage answer = await _http.ImportAsync(Model, File(npz, Kernel, Bias, new("extra", [1L], new float[] { 5 })), ("classes", """["left", "top", "right"]"""));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        JsonNode made = await answer.BodyAsync();
        string id = made["id"]!.GetValue<string>();
        answer.Headers.Location!.ToString().ShouldBe($"/checkpoints/{id}");
        made["reason"]!.GetValue<string>().ShouldBe("uploaded");
        Names(made["report"]!["loaded"]).ShouldBe(["out/kernel", "out/bias"]);
        Names(made["report"]!["unexpected"]).ShouldBe(["extra"]);
        made["report"]!["missing"]!.AsArray().ShouldBeEmpty();
        (await _http.GetJsonAsync($"/checkpoints/{id}")).AsObject().ShouldNotContainKey("report");

        byte[] weights = await _http.GetByteArrayAsync($"/checkpoints/{id}/weights");
        IReadOnlyDictionary<string, NamedArray> read = SafetensorsFile.Read(new MemoryStream(weights)).Arrays.ToDictionary(a => a.Name);
        read["out/kernel"].ToSingles().ShouldBe(Kernel.ToSingles());
        read["out/bias"].ToSingles().ShouldBe(Bias.ToSingles());

        using HttpResponseMessage predicted = await _http.PostAsync($"/checkpoints/{id}/predict", ApiClient.Json("""{"inputs": [[0, 0]]}"""));
        JsonNode prediction = await predicted.BodyAsync();
        // Of zeros the bias is left: softmax(0.5, -1, 2).
        double[] e = [.. new[] { 0.5, -1, 2 }.Select(Math.Exp)];
        prediction["outputs"]![0]!.AsArray().Select(p => (double)p!.GetValue<float>()).ShouldBe(e.Select(x => x / e.Sum()), 1e-6);
        prediction["classes"]![0]![0]!["name"]!.GetValue<string>().ShouldBe("right");
    }

    [Fact]
    public async Task Without_names_of_classes_it_is_evaluated_on_whatever_fits()
    {
        using HttpResponseMessage answer = await _http.ImportAsync(Model, File(false, Kernel, Bias));
        string id = (await answer.BodyAsync())["id"]!.GetValue<string>();
        using HttpResponseMessage evaluated = await _http.PostAsync($"/checkpoints/{id}/evaluate", ApiClient.Json("""{"dataset": "blobs"}"""));
        evaluated.StatusCode.ShouldBe(HttpStatusCode.OK, await evaluated.Content.ReadAsStringAsync());
        (await evaluated.BodyAsync())["metrics"]!["loss"]!.GetValue<double>().ShouldBeGreaterThan(0);
        using HttpResponseMessage unfit = await _http.PostAsync($"/checkpoints/{id}/evaluate", ApiClient.Json("""{"dataset": "nowhere"}"""));
        await unfit.ShouldBeProblemAsync(422);
        using HttpResponseMessage unnamed = await _http.PostAsync($"/checkpoints/{id}/evaluate", ApiClient.Json("{}"));
        await unnamed.ShouldBeProblemAsync(422);
    }

    [Fact]
    public async Task Every_tensor_that_is_wrong_is_named_at_once_and_nothing_is_kept()
    {
        const string two = """
            {"type": "sequential", "layers": [{"type": "dense", "name": "a", "units": 4, "input_shape": [2]}, {"type": "batch_normalization", "name": "bn"},
              {"type": "dense", "name": "out", "units": 3}]}
            """;
        NamedArray[] file =
        [
            new("a/kernal", [2L, 4L], new float[8]), new("a/bias", [4L], new float[] { 1, float.NaN, 0, 0 }), new("bn/gamma", [4L], new float[4]), new("bn/beta", [4L], new float[4]),
            new("bn/moving_mean", [4L], new float[4]), new("out/kernel", [3L, 4L], new float[12]), new("out/bias", [3L], new float[3]),
        ];
        using HttpResponseMessage answer = await _http.ImportAsync(two, File(false, file));
        JsonNode problem = await answer.ShouldBeProblemAsync(422, "invalid-spec");
        JsonArray errors = problem["errors"]!.AsArray();
        errors.Select(e => (e!["code"]!.GetValue<string>(), e["got"]!.GetValue<string>())).ShouldBe(
            [("missing_tensor", "a/kernel"), ("missing_tensor", "bn/moving_variance"), ("shape_mismatch", "out/kernel"), ("not_finite", "a/bias")], ignoreOrder: true);
        errors[0]!["did_you_mean"]!.GetValue<string>().ShouldBe("a/kernal");
    }

    [Theory]
    [InlineData("""{"type": "sequential", "layers": [{"type": "dense", "units": 3}]}""", "/model/layers/0/input_shape", "required")]
    [InlineData("""{"type": "sequential", "layers": [{"type": "danse", "units": 3}]}""", "/model/layers/0/type", "unknown_name")]
    [InlineData("""[1, 2]""", "/model", "wrong_type")]
    public async Task A_model_that_cannot_be_is_told_at_its_place(string model, string pointer, string code)
    {
        using HttpResponseMessage answer = await _http.ImportAsync(model, File(false, Kernel));
        JsonNode problem = await answer.ShouldBeProblemAsync(422);
        problem["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe(pointer);
        problem["errors"]![0]!["code"]!.GetValue<string>().ShouldBe(code);
    }

    [Fact]
    public async Task A_file_that_is_none_and_a_form_that_lacks_parts_are_the_senders_fault()
    {
        using HttpResponseMessage text = await _http.ImportAsync(Model, "not a file of weights at all"u8.ToArray());
        (await text.ShouldBeProblemAsync(422))["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe("/weights");
        using HttpResponseMessage zip = await _http.ImportAsync(Model, "PK, but no archive"u8.ToArray());
        await zip.ShouldBeProblemAsync(422);
        using HttpResponseMessage empty = await _http.ImportAsync(Model, []);
        await empty.ShouldBeProblemAsync(422);
        using HttpResponseMessage broken = await _http.ImportAsync("{", File(false, Kernel));
        await broken.ShouldBeProblemAsync(400, "broken-json");
        using HttpResponseMessage names = await _http.ImportAsync(Model, File(false, Kernel, Bias), ("classes", """["a", "a"]"""));
        (await names.ShouldBeProblemAsync(422))["errors"]!.AsArray().Count.ShouldBe(2);
        using var nothing = new MultipartFormDataContent { { new StringContent("mse"), "loss" } };
        using HttpResponseMessage parts = await _http.PostAsync("/checkpoints", nothing);
        (await parts.ShouldBeProblemAsync(422))["errors"]!.AsArray().Count.ShouldBe(1);
        using HttpResponseMessage undescribed = await _http.ImportAsync(null, File(false, Kernel, Bias));
        (await undescribed.ShouldBeProblemAsync(422))["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe("/model");
        using HttpResponseMessage json = await _http.PostAsync("/checkpoints", ApiClient.Json("{}"));
        await json.ShouldBeProblemAsync(415);
    }

    private static NamedArray Kernel => new("out/kernel", [2L, 3L], new float[] { 1, 2, 3, -1, -2, -3 });

    private static NamedArray Bias => new("out/bias", [3L], new float[] { 0.5f, -1, 2 });

    private static IEnumerable<string> Names(JsonNode? list) => list!.AsArray().Select(n => n!.GetValue<string>());

    private static byte[] File(bool npz, params NamedArray[] arrays)
    {
        using var stream = new MemoryStream();
        if (npz) NpzFile.Write(stream, arrays, compress: true);
        else SafetensorsFile.Write(stream, arrays);
        return stream.ToArray();
    }
}

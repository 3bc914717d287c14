using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using TrainService.Formats;
using TrainService.Formats.Npy;
using TrainService.Formats.Safetensors;

namespace TrainService.Api.Tests.Parity;

/// <summary>
/// Training runs of Keras 3.15.1, done again over HTTP alone: the start weights are imported, the data uploaded, a job trains from that
/// checkpoint without shuffling. Its weights, its figures by epoch, the start's predictions and the weights after one step are judged by the case's own
/// tolerances.
/// </summary>
[Collection(ServerCollection.Name)]
public class ParityTests(SharedServer shared)
{
    /// <summary>Cases that cannot run over HTTP, and why.</summary>
    private static readonly Dictionary<string, string> NotCovered = new(StringComparer.Ordinal)
    {
        ["drop_masks"] = "Its masks are Keras's; a job draws its own.",
    };

    private static readonly string Cases = Path.Combine(ServiceProgram.Root, "tests", "TrainService.NeuralNet.Tests", "Parity", "cases");

    private readonly HttpClient _http = shared.Server.Http;

    public static TheoryData<string> Covered
        => [.. Directory.EnumerateDirectories(Cases).Select(d => Path.GetFileName(d)).Where(n => !NotCovered.ContainsKey(n)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Covered))]
    public async Task A_job_trains_as_Keras_does(string name)
    {
        JsonNode parity = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Cases, name, "case.json")))!;
        using HttpResponseMessage imported = await _http.ImportAsync(Model(parity).ToJsonString(), await BytesAsync(name, "init.npz"));
        imported.StatusCode.ShouldBe(HttpStatusCode.Created, await imported.Content.ReadAsStringAsync());
        string start = (await imported.BodyAsync())["id"]!.GetValue<string>();
        byte[] data = await BytesAsync(name, "data.npz");
        await UploadAsync($"parity-{name}", data);
        Dictionary<string, NamedArray> expected = Arrays(await BytesAsync(name, "expected.npz"));
        JsonNode tolerance = parity["tolerance"]!;
        var faults = new List<string?>();

        string job = await _http.SubmitAsync(Job(parity, $"parity-{name}", start));
        await _http.WaitForAsync(job, "succeeded");
        JsonNode last = await LastAsync(job);
        last["parent"]!.GetValue<string>().ShouldBe(start);
        Expect("final/", await WeightsAsync(last), "weights_atol", Of("weights_rtol"));
        Expect("history/", await HistoryAsync(job), "history_atol", Of("history_rtol"));
        Expect("pred_init", await PredictionsAsync(start, data), "pred_init_atol", 1e-5);

        // Its first step alone: a job on the rows of that step.
        await UploadAsync($"parity-{name}-step", FirstBatch(data, parity));
        JsonObject one = Job(parity, $"parity-{name}-step", start);
        foreach (string key in (string[])["epochs", "validation_split"]) one.Remove(key);
        one["dataset"] = new JsonObject { ["name"] = $"parity-{name}-step" };
        one["epochs"] = 1;
        one["callbacks"] = new JsonArray();
        job = await _http.SubmitAsync(one);
        await _http.WaitForAsync(job, "succeeded");
        Expect("step1/", await WeightsAsync(await LastAsync(job)), "step1_atol", 1e-5);

        faults.Where(fault => fault is not null).ShouldBeEmpty();

        double Of(string what) => tolerance[what]!.GetValue<double>();

        void Expect(string kind, IReadOnlyDictionary<string, double[]> got, string absolute, double relative)
        {
            NamedArray[] wanted = [.. expected.Values.Where(e => e.Name.StartsWith(kind, StringComparison.Ordinal))];
            wanted.ShouldNotBeEmpty(kind);
            faults.AddRange(wanted.Select(e => Judge(e, got.GetValueOrDefault(e.Name[kind.Length..]), Of(absolute), relative)));
        }
    }

    private static string? Judge(NamedArray expected, double[]? got, double absolute, double relative)
    {
        if (got is null || got.Length != expected.Count) return $"{expected.Name}: missing, or of another shape";
        double worst = got.Zip(Doubles(expected)).Max(p => Math.Abs(p.First - p.Second) - absolute - (relative * Math.Abs(p.Second)));
        return worst <= 0 ? null : $"{expected.Name}: {worst:G3} beyond the tolerance";
    }

    private async Task UploadAsync(string dataset, byte[] file)
    {
        using var form = new MultipartFormDataContent { { new StringContent(dataset), "name" }, { new ByteArrayContent(file), "file", "data.npz" } };
        using HttpResponseMessage uploaded = await _http.PostAsync("/datasets", form);
        uploaded.StatusCode.ShouldBe(HttpStatusCode.Created, await uploaded.Content.ReadAsStringAsync());
    }

    private async Task<JsonNode> LastAsync(string job)
        => (await _http.GetJsonAsync($"/jobs/{job}/checkpoints"))["checkpoints"]!.AsArray().Single(c => c!["reason"]!.GetValue<string>() == "final")!;

    private async Task<IReadOnlyDictionary<string, double[]>> WeightsAsync(JsonNode checkpoint)
        => SafetensorsFile.Read(new MemoryStream(await _http.GetByteArrayAsync(checkpoint["links"]!["weights"]!.GetValue<string>()))).Arrays
            .ToDictionary(a => a.Name, a => Doubles(a));

    /// <summary>Each figure over the epochs.</summary>
    private async Task<IReadOnlyDictionary<string, double[]>> HistoryAsync(string job)
        => (await _http.GetJsonAsync($"/jobs/{job}/metrics"))["epochs"]!.AsArray().SelectMany(e => e!.AsObject()).Where(p => p.Value is not null)
            .GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Select(p => p.Value!.GetValue<double>()).ToArray());

    private async Task<IReadOnlyDictionary<string, double[]>> PredictionsAsync(string checkpoint, byte[] data)
    {
        NamedArray x = Arrays(data)["x"];
        int length = (int)(x.Count / x.Shape[0]);
        var inputs = new JsonArray([.. x.ToSingles().Chunk(length).Select(row => (JsonNode)new JsonArray([.. row.Select(v => (JsonNode)v)]))]);
        using HttpResponseMessage answer = await _http.PostAsync($"/checkpoints/{checkpoint}/predict", ApiClient.Json(new JsonObject { ["inputs"] = inputs }.ToJsonString()));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return new Dictionary<string, double[]> { [""] = [.. (await answer.BodyAsync())["outputs"]!.AsArray().SelectMany(row => Numbers(row!))] };
    }

    private static IEnumerable<double> Numbers(JsonNode node) => node is JsonArray list ? list.SelectMany(n => Numbers(n!)) : [node.GetValue<double>()];

    private static double[] Doubles(NamedArray array) => [.. array.ToSingles().Select(v => (double)v)];

    private static byte[] FirstBatch(byte[] data, JsonNode parity)
    {
        Dictionary<string, NamedArray> arrays = Arrays(data);
        long rows = Math.Min(parity["batch_size"]!.GetValue<long>(), arrays["x"].Shape[0]);
        using var file = new MemoryStream();
        NpzFile.Write(file, [.. arrays.Values.Where(a => !a.Name.EndsWith("_val", StringComparison.Ordinal)).Select(a =>
        {
            int rowBytes = (int)(a.Bytes.Length / a.Shape[0]);
            return new NamedArray(a.Name, a.Type, [rows, .. a.Shape.Skip(1)], a.Bytes[..(int)(rows * rowBytes)].ToArray());
        })]);
        return file.ToArray();
    }

    private static Dictionary<string, NamedArray> Arrays(byte[] npz)
    {
        using var file = new MemoryStream(npz);
        return NpzFile.Read(file).ToDictionary(a => a.Name, StringComparer.Ordinal);
    }

    // Keras's layers as they are; where some name their inputs all do, as a functional model wants it.
    private static JsonObject Model(JsonNode parity)
    {
        JsonArray layers = parity["model"]!["layers"]!.DeepClone().AsArray();
        if (layers.All(l => l!["inbound"] is null))
            return new JsonObject { ["class_name"] = "Sequential", ["config"] = new JsonObject { ["layers"] = layers } };
        string? before = null;
        foreach (JsonObject layer in layers.Select(l => l!.AsObject()))
        {
            if (before is not null) layer["config"]!["inputs"] = layer["inbound"]?.DeepClone() ?? new JsonArray(before);
            layer.Remove("inbound");
            before = layer["config"]!["name"]!.GetValue<string>();
        }
        return new JsonObject { ["type"] = "functional", ["layers"] = layers, ["outputs"] = new JsonArray(before) };
    }

    private static JsonObject Job(JsonNode parity, string data, string start)
    {
        var dataset = new JsonObject { ["name"] = data };
        if (parity["validation_split"] is { } split) (dataset["validation_split"], dataset["split"]) = (split.DeepClone(), "tail");
        var job = new JsonObject { ["seed"] = 1, ["dataset"] = dataset, ["model"] = new JsonObject { ["from_checkpoint"] = start } };
        foreach (string key in (string[])["loss", "metrics", "optimizer", "schedule", "callbacks", "class_weight", "batch_size", "epochs", "shuffle"])
            if (parity[key] is { } value)
                job[key] = value.DeepClone();
        return job;
    }

    private static Task<byte[]> BytesAsync(string name, string file) => File.ReadAllBytesAsync(Path.Combine(Cases, name, file));
}

using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using TrainService.Formats;
using TrainService.Formats.Npy;
using TrainService.Formats.Safetensors;

namespace TrainService.Api.Tests.Parity;

/// <summary>
/// Training runs of Keras 3.15.1, done again over HTTP alone: the start weights are imported, the data uploaded, a job trains from that
/// checkpoint without shuffling, and its weights are downloaded and judged by the case's own tolerance.
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
        using var form = new MultipartFormDataContent { { new StringContent($"parity-{name}"), "name" }, { new ByteArrayContent(await BytesAsync(name, "data.npz")), "file", "data.npz" } };
        using HttpResponseMessage uploaded = await _http.PostAsync("/datasets", form);
        uploaded.StatusCode.ShouldBe(HttpStatusCode.Created, await uploaded.Content.ReadAsStringAsync());

        string job = await _http.SubmitAsync(Job(parity, name, start));
        await _http.WaitForAsync(job, "succeeded");
        JsonNode last = (await _http.GetJsonAsync($"/jobs/{job}/checkpoints"))["checkpoints"]!.AsArray().Single(c => c!["reason"]!.GetValue<string>() == "final")!;
        last["parent"]!.GetValue<string>().ShouldBe(start);
        byte[] weights = await _http.GetByteArrayAsync(last["links"]!["weights"]!.GetValue<string>());
        Dictionary<string, NamedArray> got = SafetensorsFile.Read(new MemoryStream(weights)).Arrays.ToDictionary(a => a.Name);
        using var file = new MemoryStream(await BytesAsync(name, "expected.npz"));
        NamedArray[] expected = [.. NpzFile.Read(file).Where(a => a.Name.StartsWith("final/", StringComparison.Ordinal))];
        expected.ShouldNotBeEmpty();
        (double absolute, double relative) = (parity["tolerance"]!["weights_atol"]!.GetValue<double>(), parity["tolerance"]!["weights_rtol"]!.GetValue<double>());
        expected.Select(e => Judge(e, got.GetValueOrDefault(e.Name["final/".Length..]), absolute, relative)).Where(fault => fault is not null).ShouldBeEmpty();
    }

    private static string? Judge(NamedArray expected, NamedArray? got, double absolute, double relative)
    {
        if (got is null || !got.Shape.SequenceEqual(expected.Shape)) return $"{expected.Name}: missing, or of another shape";
        double worst = got.ToSingles().Zip(expected.ToSingles()).Max(p => Math.Abs((double)p.First - p.Second) - absolute - (relative * Math.Abs((double)p.Second)));
        return worst <= 0 ? null : $"{expected.Name}: {worst:G3} beyond the tolerance";
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

    private static JsonObject Job(JsonNode parity, string name, string start)
    {
        var dataset = new JsonObject { ["name"] = $"parity-{name}" };
        if (parity["validation_split"] is { } split) (dataset["validation_split"], dataset["split"]) = (split.DeepClone(), "tail");
        var job = new JsonObject { ["seed"] = 1, ["dataset"] = dataset, ["model"] = new JsonObject { ["from_checkpoint"] = start } };
        foreach (string key in (string[])["loss", "metrics", "optimizer", "schedule", "callbacks", "class_weight", "batch_size", "epochs", "shuffle"])
            if (parity[key] is { } value)
                job[key] = value.DeepClone();
        return job;
    }

    private static Task<byte[]> BytesAsync(string name, string file) => File.ReadAllBytesAsync(Path.Combine(Cases, name, file));
}

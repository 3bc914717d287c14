using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace TrainService.Api.Tests.Fuzz;

/// <summary>One hostile request: the same kind and seed always give the same one.</summary>
/// <param name="Shown">The input, for a person.</param>
internal sealed record FuzzCase(string Kind, int Seed, HttpMethod Method, string Path, Func<HttpContent?> Body, string Shown)
{
    public static readonly string[] Kinds = ["job", "grammar", "query", "csv", "jsonl", "npz", "idx", "safetensors", "weights_npz", "question", "small_json", "multipart"];

    private static readonly string[] QueryPaths =
    [
        "/jobs", "/checkpoints", "/audit", "/jobs/{job}", "/jobs/{job}/events", "/jobs/{job}/metrics", "/jobs/{job}/checkpoints", "/datasets/blobs/preview", "/datasets/{x}", "/checkpoints/{checkpoint}", "/catalog",
        "/checkpoints/{checkpoint}/export", "/{x}", "/jobs/{x}/events",
    ];

    private static readonly string[] Names = ["limit", "after", "status", "kind", "label", "name", "format", "max_points", "split", "first", "rows", "actor", "access_token", "forked_from", "wait", "precision", "x"];

    private static readonly string[] Values = ["", "0", "-1", "1", "5", "99999999999999999999", "NaN", "1e3", "%00", "%ff%fe", "%22", "..%2f..", "running", "queued,failed", "json", "csv", "png", "train", "a:b", "%F0%9F%98%80", "x'--", "%25", "null", "🙂", "[]", "onnx", "h5", "safetensors"];

    public static FuzzCase Of(string kind, int seed, string job, string checkpoint)
    {
        var random = new Random((int)(Fnv(kind) ^ (uint)seed * 2654435761u));
        var damage = new Damage(random);
        switch (kind)
        {
            case "job": return Json(kind, seed, random.Next(50) == 0 ? $"/jobs/{job}/fork" : "/jobs/validate", damage.Json(Corpus.Jobs[random.Next(Corpus.Jobs.Length)]));
            case "grammar": return Json(kind, seed, "/jobs/validate", new JobGrammar(random).Job() is var made && random.Next(4) == 0 ? damage.Json(made) : made.ToJsonString());
            case "question":
                return Json(kind, seed, $"/checkpoints/{checkpoint}/{(random.Next(3) == 0 ? "evaluate" : "predict")}", damage.Json(JsonNode.Parse(random.Next(3) switch
                {
                    0 => """{"dataset": {"name": "blobs"}, "part": "train"}""",
                    1 => """{"inputs": [{"x": 1, "y": 2}], "top_k": 1}""",
                    _ => """{"inputs": [[1, 2], [0.5, -3]], "top_k": 2, "mc_samples": 3}""",
                })!));
            case "small_json":
                return Json(kind, seed, random.Next(3) == 0 ? $"/jobs/{job}" : "/schedules/preview", damage.Json(JsonNode.Parse(random.Next(2) == 0
                ? """{"name": "n", "labels": {"a": "b"}, "priority": 1}""" : """{"schedule": {"type": "one_cycle", "max_learning_rate": 0.1}, "steps_per_epoch": 10, "epochs": 3, "max_points": 20}""")!));
            case "query": return Query(kind, seed, random, job, checkpoint);
            case "csv": return Upload(kind, seed, random, damage.Bytes(Corpus.Csv), "rows.csv");
            case "jsonl": return Upload(kind, seed, random, damage.Bytes(Corpus.JsonLines), "rows.jsonl");
            case "npz": return Upload(kind, seed, random, damage.Bytes(random.Next(2) == 0 ? Corpus.Npz : Corpus.PackedNpz), "arrays.npz");
            case "idx": return Upload(kind, seed, random, damage.Bytes(Corpus.Idx), "train-images-idx3-ubyte");
            case "safetensors" or "weights_npz": return Weights(kind, seed, random, damage);
            default: return Multipart(kind, seed, random, damage);
        }
    }

    private static FuzzCase Json(string kind, int seed, string path, string body)
    {
        HttpMethod method = path.StartsWith("/jobs/job_", StringComparison.Ordinal) && !path.EndsWith("fork", StringComparison.Ordinal) ? HttpMethod.Patch : HttpMethod.Post;
        return new(kind, seed, method, path, () => new StringContent(body, Encoding.UTF8, "application/json"), body);
    }

    private static FuzzCase Query(string kind, int seed, Random random, string job, string checkpoint)
    {
        string path = QueryPaths[random.Next(QueryPaths.Length)].Replace("{job}", job, StringComparison.Ordinal).Replace("{checkpoint}", checkpoint, StringComparison.Ordinal)
            .Replace("{x}", Uri.EscapeDataString(Values[random.Next(Values.Length)]) + "x", StringComparison.Ordinal);
        string query = string.Join('&', Enumerable.Range(0, random.Next(0, 5)).Select(_ => $"{Names[random.Next(Names.Length)]}{(random.Next(12) == 0 ? "" : "=")}{Values[random.Next(Values.Length)]}"));
        // A long poll is meant to take its time.
        query = query.Replace("wait=", "wait=0", StringComparison.Ordinal);
        string address = query.Length == 0 ? path : $"{path}?{query}";
        return new(kind, seed, HttpMethod.Get, address, () => null, address);
    }

    private static FuzzCase Upload(string kind, int seed, Random random, byte[] file, string name)
    {
        string? options = random.Next(3) == 0 ? new Damage(random).Json(JsonNode.Parse(Corpus.Options[random.Next(Corpus.Options.Length)])!) : null;
        return new(kind, seed, HttpMethod.Post, "/datasets", () =>
        {
            var form = new MultipartFormDataContent { { new StringContent($"fuzz-{kind}-{seed}".Replace('_', '-')), "name" }, { new ByteArrayContent(file), "file", name } };
            if (kind == "idx") form.Add(new ByteArrayContent(Corpus.IdxLabels), "file", "train-labels-idx1-ubyte");
            if (options is not null) form.Add(new StringContent(options), "spec");
            return form;
        }, $"{options} {Convert.ToBase64String(file)}");
    }

    private static FuzzCase Weights(string kind, int seed, Random random, Damage damage)
    {
        byte[] file = damage.Bytes(kind == "safetensors" ? Corpus.Safetensors : Corpus.WeightsNpz);
        string model = random.Next(5) == 0 ? damage.Json(JsonNode.Parse(Corpus.Model)!) : Corpus.Model;
        return new(kind, seed, HttpMethod.Post, "/checkpoints", () => new MultipartFormDataContent { { new StringContent(model), "model" }, { new ByteArrayContent(file), "weights", "w.bin" } },
            $"{model} {Convert.ToBase64String(file)}");
    }

    private static FuzzCase Multipart(string kind, int seed, Random random, Damage damage)
    {
        byte[] whole = Encoding.UTF8.GetBytes("--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nn\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n"
            + "Content-Type: text/csv\r\n\r\na,b\n1,2\n3,4\n\r\n--b\r\nContent-Disposition: form-data; name=\"spec\"\r\n\r\n{\"label\": \"b\"}\r\n--b--\r\n");
        byte[] body = damage.Bytes(whole);
        string type = random.Next(5) switch { 0 => "multipart/form-data", 1 => "multipart/form-data; boundary=\"\"", 2 => $"multipart/form-data; boundary={new string('b', random.Next(1, 90))}", _ => "multipart/form-data; boundary=b" };
        return new(kind, seed, HttpMethod.Post, random.Next(2) == 0 ? "/datasets" : "/checkpoints", () =>
        {
            var content = new ByteArrayContent(body);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            return content;
        }, $"{type} {Convert.ToBase64String(body)}");
    }

    private static uint Fnv(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text) hash = (hash ^ c) * 16777619;
        return hash;
    }
}

using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace TrainService.Api.Demo;

/// <summary>
/// Trains a network before the user's eyes. It is an HTTP client of the server beside it and nothing more: whatever it does,
/// curl can do.
/// </summary>
/// <param name="key">An API key, where one is needed.</param>
internal sealed class DemoRun(string address, TextWriter output, bool terminal, string? key) : IDisposable
{
    private const int Predictions = 5;
    private readonly HttpClient _http = Client(address, key);

    /// <returns>True when the job succeeded.</returns>
    public async Task<bool> RunAsync(DemoJob job, CancellationToken ct)
    {
        JsonElement submitted = await SendAsync(HttpMethod.Post, "/jobs", job.SpecJson, ct);
        string id = Text(submitted, "id");
        output.WriteLine($"POST {address}/jobs -> {id}, {Layers(submitted)}");
        output.WriteLine($"GET  {address}/jobs/{id}/events");
        output.WriteLine();
        JsonElement finished = await FollowAsync(id, ct);
        output.WriteLine();
        string status = Text(finished, "status");
        if (status != "succeeded")
        {
            output.WriteLine($"The job is {status}: {Reason(finished)}");
            return false;
        }

        string checkpoint = Text(finished.GetProperty("best"), "checkpoint");
        await EvaluateAsync(checkpoint, job, ct);
        await PredictAsync(checkpoint, job, ct);
        output.WriteLine();
        output.WriteLine($"The job        {address}/jobs/{id}");
        output.WriteLine($"Its weights    {address}/checkpoints/{checkpoint}/weights");
        return true;
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> FollowAsync(string id, CancellationToken ct)
    {
        var table = new EpochTable(output, terminal);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/jobs/{id}/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        answer.EnsureSuccessStatusCode();
        await foreach (SseItem<string> item in SseParser.Create(await answer.Content.ReadAsStreamAsync(ct)).EnumerateAsync(ct))
        {
            JsonElement data = JsonElement.Parse(item.Data).GetProperty("data");
            if (item.EventType == "progress")
                table.Progress(data);
            else if (item.EventType == "epoch")
                table.Epoch(data);
            else if (item.EventType == "warning")
                table.Note($"warning: {Text(data, "message")}");
        }

        table.End();
        return await SendAsync(HttpMethod.Get, $"/jobs/{id}", null, ct);
    }

    private async Task EvaluateAsync(string checkpoint, DemoJob job, CancellationToken ct)
    {
        JsonElement answer = await SendAsync(HttpMethod.Post, $"/checkpoints/{checkpoint}/evaluate", $$"""{"dataset": {"name": "{{job.Dataset}}"}, "part": "{{DemoJob.TestSplit}}"}""", ct);
        JsonElement metrics = answer.GetProperty("metrics");
        output.WriteLine($"On {answer.GetProperty("rows").GetInt64():N0} {DemoJob.TestSplit} rows: "
            + string.Join(", ", metrics.EnumerateObject().Where(m => m.Value.ValueKind == JsonValueKind.Number).Select(m => $"{m.Name} {m.Value.GetDouble():0.0000}")));
    }

    private async Task PredictAsync(string checkpoint, DemoJob job, CancellationToken ct)
    {
        JsonElement preview = await SendAsync(HttpMethod.Get, $"/datasets/{job.Dataset}/preview?split={DemoJob.TestSplit}&rows={Predictions}", null, ct);
        JsonElement[] rows = [.. preview.GetProperty("rows").EnumerateArray()];
        string inputs = string.Join(',', rows.Select(r => r.GetProperty("input").GetRawText()));
        JsonElement answer = await SendAsync(HttpMethod.Post, $"/checkpoints/{checkpoint}/predict", $$"""{"inputs": [{{inputs}}], "top_k": 1}""", ct);
        foreach ((JsonElement row, JsonElement best) in rows.Zip(answer.GetProperty("classes").EnumerateArray().Select(c => c[0])))
        {
            string actual = row.GetProperty("class").GetString() ?? row.GetProperty("target").GetRawText();
            string predicted = Text(best, "name");
            output.WriteLine($"  row {row.GetProperty("row").GetInt32()}: {predicted,-12} {best.GetProperty("probability").GetDouble(),7:0.0 %}   {(predicted == actual ? "right" : $"it is {actual}")}");
        }
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? json, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _http.SendAsync(request, ct);
        string body = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode
            ? JsonElement.Parse(body)
            : throw new HttpRequestException($"{method} {path} answers {(int)answer.StatusCode}: {body}", null, answer.StatusCode);
    }

    private static HttpClient Client(string address, string? key)
    {
        var http = new HttpClient { BaseAddress = new Uri(address), Timeout = Timeout.InfiniteTimeSpan };
        if (key is not null)
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return http;
    }

    private static string Layers(JsonElement job)
        => job.GetProperty("summary").TryGetProperty("parameters", out JsonElement parameters) ? $"{parameters.GetInt64():N0} parameters" : Text(job, "status");

    private static string Reason(JsonElement job)
        => job.GetProperty("error") is { ValueKind: JsonValueKind.Object } error ? Text(error, "detail") : job.GetProperty("reason").GetString() ?? "no reason was given";

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString() ?? "";
}

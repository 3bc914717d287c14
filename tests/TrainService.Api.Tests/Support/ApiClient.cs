using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace TrainService.Api.Tests.Support;

/// <summary>Short ways to talk to the service as a client would.</summary>
internal static class ApiClient
{
    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    public static async Task<JsonNode> BodyAsync(this HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

    public static async Task<JsonNode> GetJsonAsync(this HttpClient http, string path)
    {
        using HttpResponseMessage answer = await http.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.BodyAsync();
    }

    /// <summary>Submits a job that must be accepted; its id.</summary>
    public static async Task<string> SubmitAsync(this HttpClient http, JsonNode spec)
    {
        using HttpResponseMessage answer = await http.PostAsync("/jobs", Json(spec.ToJsonString()));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.BodyAsync())["id"]!.GetValue<string>();
    }

    /// <summary>Brings in a model with its weights, and further parts of the form as text.</summary>
    /// <param name="model">Null when the file holds it.</param>
    public static async Task<HttpResponseMessage> ImportAsync(this HttpClient http, string? model, byte[] weights, params (string Name, string Text)[] parts)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(weights), "weights", "weights.bin" } };
        if (model is not null) form.Add(new StringContent(model), "model");
        foreach ((string name, string text) in parts) form.Add(new StringContent(text), name);
        return await http.PostAsync("/checkpoints", form);
    }

    public static async Task<JsonNode> ActAsync(this HttpClient http, string job, string action)
    {
        using HttpResponseMessage answer = await http.PostAsync($"/jobs/{job}/{action}", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.BodyAsync();
    }

    /// <summary>The job, once it has this status (or any final one when <paramref name="status"/> is null).</summary>
    public static async Task<JsonNode> WaitForAsync(this HttpClient http, string job, string? status)
    {
        JsonNode found = null!;
        await Wait.UntilAsync(async () =>
        {
            found = await http.GetJsonAsync($"/jobs/{job}");
            if (status is not null && found["terminal"]!.GetValue<bool>() && found.Status() != status)
                throw new InvalidOperationException($"{job} is {found.Status()}, never to be {status}: {found["error"]?.ToJsonString()}");
            return status is null ? found["terminal"]!.GetValue<bool>() : found.Status() == status;
        }, $"{job} is {status ?? "over"}");
        return found;
    }

    public static string Status(this JsonNode job) => job["status"]!.GetValue<string>();

    /// <summary>All events so far, over as many pages as it takes.</summary>
    public static async Task<IReadOnlyList<JsonNode>> EventsAsync(this HttpClient http, string job, int page = 1000)
    {
        var all = new List<JsonNode>();
        for (long after = 0; ;)
        {
            JsonNode answer = await http.GetJsonAsync($"/jobs/{job}/events?after={after}&limit={page}");
            JsonArray events = answer["events"]!.AsArray();
            all.AddRange(events.Select(e => e!));
            after = answer["next"]!.GetValue<long>();
            if (events.Count < page)
                return all;
        }
    }

    /// <summary>What every problem must be; returns its body.</summary>
    public static async Task<JsonNode> ShouldBeProblemAsync(this HttpResponseMessage answer, int status, string? word = null)
    {
        string text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        answer.Content.Headers.ContentType.ShouldBe(new MediaTypeHeaderValue("application/problem+json"));
        JsonNode problem = JsonNode.Parse(text)!;
        problem["status"]!.GetValue<int>().ShouldBe(status);
        problem["title"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
        problem["detail"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
        problem["type"]!.GetValue<string>().ShouldStartWith("urn:trainservice:problem:");
        text.ShouldNotContain("   at ");
        if (word is not null)
            problem["type"]!.GetValue<string>().ShouldBe($"urn:trainservice:problem:{word}");
        return problem;
    }
}

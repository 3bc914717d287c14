using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Endpoints;

[Collection(ServerCollection.Name)]
public class FinderTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task The_curve_of_a_search_is_its_metrics()
    {
        JsonNode spec = Specs.Small();
        spec["kind"] = "lr_find";
        spec["lr_find"] = JsonNode.Parse("""{"start": 1e-5, "end": 100, "steps": 120}""");
        using HttpResponseMessage answer = await _http.PostAsync("/jobs", ApiClient.Json(spec.ToJsonString()));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        string id = (await answer.BodyAsync())["id"]!.GetValue<string>();
        JsonNode done = await _http.WaitForAsync(id, "succeeded");

        double suggested = done["summary"]!["lr_find"]!["suggestions"]!["learning_rate"]!.GetValue<double>();
        done["latest"]!["learning_rate"]!.GetValue<double>().ShouldBe(suggested);
        JsonNode metrics = await _http.GetJsonAsync($"/jobs/{id}/metrics");
        metrics["epochs"]!.AsArray().ShouldBeEmpty();
        JsonArray curve = metrics["curve"]!.AsArray();
        curve.Count.ShouldBe(done["summary"]!["lr_find"]!["steps"]!.GetValue<int>());
        curve[0]!["learning_rate"]!.GetValue<double>().ShouldBe(1e-5);
        (await _http.GetJsonAsync($"/jobs/{id}/metrics?max_points=10"))["curve"]!.AsArray().Count.ShouldBe(10);
        (await _http.GetStringAsync($"/jobs/{id}/metrics?format=csv")).ShouldStartWith("step,learning_rate,loss,smoothed_loss\r\n1,1E-05,");
    }

    [Fact]
    public async Task A_training_with_an_open_rate_has_both()
    {
        JsonNode spec = Specs.Small(epochs: 2);
        spec["optimizer"]!["learning_rate"] = "auto";
        using HttpResponseMessage answer = await _http.PostAsync("/jobs", ApiClient.Json(spec.ToJsonString()));
        string id = (await answer.BodyAsync())["id"]!.GetValue<string>();
        JsonNode done = await _http.WaitForAsync(id, "succeeded");

        done["spec"]!["optimizer"]!["learning_rate"]!.GetValue<string>().ShouldBe("auto");
        done["resolved"]!["optimizer"]!["learning_rate"]!.GetValue<double>().ShouldBeGreaterThan(0);
        JsonNode metrics = await _http.GetJsonAsync($"/jobs/{id}/metrics");
        metrics["epochs"]!.AsArray().Count.ShouldBe(2);
        metrics["curve"]!.AsArray().Count.ShouldBeGreaterThan(20);
        (await _http.GetStringAsync($"/jobs/{id}/metrics?format=csv")).ShouldStartWith("epoch,");
    }
}

using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using TrainService.NeuralNet.Catalog;
using TrainService.Specification;

namespace TrainService.Api.Tests.Endpoints;

[Collection(ServerCollection.Name)]
public class SchedulePreviewTests(SharedServer shared)
{
    /// <summary>What a schedule can't be without.</summary>
    private static readonly Dictionary<string, string> Needed = new()
    {
        ["piecewise_constant"] = "\"boundaries\": [2, 5], \"values\": [0.1, 0.05, 0.01]", ["cosine_restarts"] = "\"first_decay_steps\": 2", ["cyclical"] = "\"max_lr\": 0.3, \"step_size\": 2",
        ["warmup"] = "\"steps\": 2, \"schedule\": \"exponential\"", ["custom"] = "\"points\": [[0, 0.1], [3, 0.2], [9, 0.01]]",
    };

    public static TheoryData<string> Schedules => [.. Registries.Schedules.Descriptors.Select(d => d.Name)];

    private readonly HttpClient _http = shared.Server.Http;

    [Theory]
    [MemberData(nameof(Schedules))]
    public async Task Every_schedule_has_a_curve_by_steps_and_by_epochs(string name)
    {
        ComponentDescriptor schedule = Registries.Schedules.Find(name)!;
        string own = Needed.TryGetValue(name, out string? needed) ? $", {needed}" : "";
        string[] units = schedule.Arguments.Any(a => a.Name == "unit") ? ["step", "epoch"] : [""];
        foreach (string unit in units)
        {
            string json = $$"""{"schedule": {"type": "{{name}}"{{own}}{{(unit.Length > 0 ? $", \"unit\": \"{unit}\"" : "")}}}, "learning_rate": 0.1, "steps_per_epoch": 10, "epochs": 10}""";
            using HttpResponseMessage answer = await _http.PostAsync("/schedules/preview", ApiClient.Json(json));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, json + await answer.Content.ReadAsStringAsync());
            JsonArray points = (await answer.BodyAsync())["points"]!.AsArray();
            points.Count.ShouldBe(100);
            points.ShouldAllBe(p => p!["learning_rate"]!.GetValue<double>() >= 0);
            points[37]!["epoch"]!.GetValue<double>().ShouldBe(3.7, 1e-9);
            if (name == "one_cycle") points.Select(p => p!["momentum"]!.GetValue<double>()).Min().ShouldBe(0.85, 1e-6);
            // What counts epochs stays the same within one, unless it is drawn along a line.
            if (unit == "epoch" && name is not ("cyclical" or "custom" or "warmup"))
                for (int i = 0; i < 100; i++) Rate(i).ShouldBe(Rate(i / 10 * 10));

            double Rate(int i) => points[i]!["learning_rate"]!.GetValue<double>();
        }
    }

    // Three warm-up epochs of ten steps, then seven of the other schedule: at step 15 half of its first rate.
    [Theory]
    [MemberData(nameof(Schedules))]
    public async Task Warm_up_goes_before_every_schedule(string name)
    {
        string own = Needed.TryGetValue(name, out string? needed) ? $", {needed}" : "";
        JsonArray plain = await CurveAsync($$"""{"type": "{{name}}"{{own}}}""", 7), warm = await CurveAsync(
            "{\"type\": \"warmup\", \"steps\": 3, \"unit\": \"epoch\", \"schedule\": {\"type\": \"" + name + "\"" + own + "}}", 10);
        double first = plain[0]!["learning_rate"]!.GetValue<double>();
        warm[15]!["learning_rate"]!.GetValue<double>().ShouldBe(first / 2, 1e-6);
        for (int i = 0; i < 70; i++) warm[30 + i]!["learning_rate"]!.GetValue<double>().ShouldBe(plain[i]!["learning_rate"]!.GetValue<double>(), 1e-9, $"step {i}");
    }

    [Fact]
    public async Task A_rate_that_a_job_would_have_chosen_has_no_curve()
    {
        using HttpResponseMessage answer = await _http.PostAsync("/schedules/preview", ApiClient.Json("""{"schedule": {"type": "one_cycle", "max_learning_rate": "auto"}}"""));
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.BodyAsync())["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe("/schedule/max_learning_rate");
    }

    private async Task<JsonArray> CurveAsync(string schedule, int epochs)
    {
        using HttpResponseMessage answer = await _http.PostAsync("/schedules/preview",
            ApiClient.Json($$"""{"schedule": {{schedule}}, "learning_rate": 0.1, "steps_per_epoch": 10, "epochs": {{epochs}}}"""));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.BodyAsync())["points"]!.AsArray();
    }
}

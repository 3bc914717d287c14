using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs.Sweeps;
using TrainService.Specification.Reading;

namespace TrainService.Jobs.Tests.Sweeps;

public sealed class SweepPointsTests
{
    [Fact]
    public void A_grid_has_every_combination_once_and_the_last_parameter_changes_first()
        => Points("""{"/a": [1, "x", null], "/b": {"integers": [3, 4]}, "/c": {"log_uniform": [0.01, 1], "steps": 3}}""", trials: null)
            .Select(p => string.Join(' ', p.Values.Select(v => v?.ToJsonString() ?? "null")))
            .ShouldBe(from a in (string[])["1", "\"x\"", "null"] from b in (int[])[3, 4] from c in (string[])["0.01", "0.1", "1"] select $"{a} {b} {c}");

    [Fact]
    public void Draws_lie_in_their_ranges_and_depend_on_seed_trial_and_parameter_alone()
    {
        const string Ranges = """{"/r": {"log_uniform": [1e-4, 1]}, "/u": {"uniform": [-2, 3]}, "/n": {"integers": [1, 3]}, "/w": ["a", "b"]}""";
        var points = Points(Ranges, 200);
        points.Select(p => p["/r"]!.GetValue<double>()).ShouldAllBe(r => r >= 1e-4 && r <= 1);
        points.Count(p => p["/r"]!.GetValue<double>() < 1e-2).ShouldBeInRange(75, 125, "half of the decades hold half of the draws");
        points.Average(p => p["/u"]!.GetValue<double>()).ShouldBe(0.5, 0.4);
        points.Select(p => p["/n"]!.GetValue<long>()).Distinct().Order().ShouldBe([1, 2, 3]);
        points.Select(p => p["/w"]!.GetValue<string>()).Distinct().Count().ShouldBe(2);

        // Another trial more, another parameter beside it, change nothing of what was drawn.
        Points("""{"/x": [1], "/u": {"uniform": [-2, 3]}}""", 10).Select(p => p["/u"]!.GetValue<double>()).ShouldBe(points.Take(10).Select(p => p["/u"]!.GetValue<double>()));
        Points(Ranges, 10, seed: 8).Select(p => p["/u"]!.GetValue<double>()).ShouldNotBe(points.Take(10).Select(p => p["/u"]!.GetValue<double>()));
    }

    [Theory]
    [InlineData("3", "", "wrong_type")]
    [InlineData("{}", "", "wrong_type")]
    [InlineData("""{"a": [1]}""", "/a", "not_found")]
    [InlineData("""{"/sweep/trials": [1]}""", "/~1sweep~1trials", "not_found")]
    [InlineData("""{"/a": {"uniform": [0, 1]}}""", "/~1a", "wrong_type")]
    [InlineData("""{"/a": {"log_uniform": [0, 1], "steps": 2}}""", "/~1a", "wrong_type")]
    [InlineData("""{"/a": {"integers": [0.5, 1]}}""", "/~1a", "wrong_type")]
    [InlineData("""{"/a": {"uniform": [1, 0], "steps": 2}}""", "/~1a", "wrong_type")]
    [InlineData("""{"/a": {"uniform": [0, 1], "steps": 0}}""", "/~1a", "wrong_type")]
    [InlineData("""{"/a": {"normal": [0, 1]}}""", "/~1a", "wrong_type")]
    [InlineData("""{"/a": []}""", "/~1a", "wrong_type")]
    [InlineData("""{"/a": {"integers": [1, 300]}}""", "", "out_of_range")]
    public void What_is_no_parameter_is_told_at_its_place(string parameters, string place, string code)
    {
        var errors = new SpecErrors();
        SweepPoints.Of(JsonSerializer.Deserialize<JsonElement>(parameters), "/p", null, 7, errors).ShouldBeEmpty();
        errors.All.Select(e => (e.Pointer, e.Code)).ShouldBe([("/p" + place, code)]);
    }

    [Fact]
    public void Values_are_put_into_their_places()
    {
        JsonElement sweep = JsonSerializer.Deserialize<JsonElement>("""{"kind": "sweep", "sweep": {}, "parent": "job_x", "optimizer": "sgd", "model": {"layers": ["flatten", {"units": 1}]}}""");
        JsonElement trial = TrialSpec.Of(sweep, new Dictionary<string, JsonNode?>
        {
            ["/optimizer/learning_rate"] = 0.5, ["/model/layers/1/units"] = 9, ["/model/layers/0/name"] = "f", ["/dataset/limit"] = 3, ["/odd~1one~0"] = null,
        }, 42, "val_loss");
        JsonNode.DeepEquals(JsonNode.Parse(trial.GetRawText()), JsonNode.Parse("""
            {
              "kind": "train", "optimizer": {"type": "sgd", "learning_rate": 0.5}, "model": {"layers": [{"type": "flatten", "name": "f"}, {"units": 9}]}, "seed": 42,
              "dataset": {"limit": 3}, "odd/one~": null, "checkpoint": {"monitor": "val_loss"}
            }
            """)).ShouldBeTrue(trial.GetRawText());
        foreach (string nowhere in (string[])["/model/layers/2/units", "/model/layers/x", "/kind/of/thing/1"])
            Should.Throw<ArgumentException>(() => TrialSpec.Of(sweep, new Dictionary<string, JsonNode?> { ["/kind"] = 1, [nowhere] = 1 }, 1, null));
    }

    private static IReadOnlyList<IReadOnlyDictionary<string, JsonNode?>> Points(string parameters, int? trials, ulong seed = 7)
    {
        var errors = new SpecErrors();
        var points = SweepPoints.Of(JsonSerializer.Deserialize<JsonElement>(parameters), "", trials, seed, errors);
        errors.All.ShouldBeEmpty();
        return points;
    }
}

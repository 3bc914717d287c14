using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Examples;

/// <summary>The scripts of openapi/examples, run as a user runs them.</summary>
[Collection(ServerCollection.Name)]
public class ScriptTests(SharedServer shared)
{
    private readonly ServerProcess _server = shared.Server;

    [Fact]
    public void Every_script_has_a_test()
    {
        string folder = Path.Combine(ServiceProgram.Root, "tests", "TrainService.Api.Tests");
        string tests = string.Concat(((string[])["Examples/ScriptTests.cs", "Formats/TransferTests.cs"]).Select(f => File.ReadAllText(Path.Combine(folder, f))));
        foreach (string script in Directory.EnumerateFiles(ServiceProgram.Examples, "*.sh").Select(f => Path.GetFileName(f)))
            tests.ShouldContain($"RunAsync(\"{script}\"", Case.Sensitive, script);
    }

    [Fact]
    public async Task A_job_is_submitted_followed_and_asked()
    {
        string spec = Path.GetTempFileName();
        await File.WriteAllTextAsync(spec, Specs.Small(epochs: 3).ToJsonString());
        string job = (await RunAsync("submit.sh", spec)).Trim();
        File.Delete(spec);
        job.ShouldStartWith("job_");
        string[] events = (await RunAsync("follow.sh", job)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        JsonNode.Parse(events[^1])!["data"]!["status"]!.GetValue<string>().ShouldBe("succeeded");
        string[] rest = (await RunAsync("follow.sh", job, $"{events.Length - 1}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        rest.ShouldBe([events[^1]]);
        string row = (await _server.Http.GetJsonAsync("/datasets/blobs/preview?rows=1"))["rows"]![0]!["input"]!.ToJsonString();
        JsonNode.Parse(await RunAsync("predict.sh", job, $"[{row}]"))!["outputs"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_example_job_is_accepted_and_can_be_cancelled()
    {
        JsonNode spec = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(ServiceProgram.Examples, "fashion-mlp.json")))!;
        using HttpResponseMessage valid = await _server.Http.PostAsync("/jobs/validate", ApiClient.Json(spec.ToJsonString()));
        (await valid.BodyAsync())["summary"].ShouldNotBeNull();
        string job = (await RunAsync("submit.sh")).Trim();
        (await RunAsync("cancel.sh", job)).Trim().ShouldBe("cancelled");
    }

    [Fact]
    public async Task A_sweep_is_ranked_and_the_example_sweeps_are_accepted()
    {
        foreach (string example in Directory.EnumerateFiles(Path.Combine(ServiceProgram.Examples, "sweeps"), "*.json"))
        {
            using HttpResponseMessage valid = await _server.Http.PostAsync("/jobs/validate", ApiClient.Json(await File.ReadAllTextAsync(example)));
            valid.IsSuccessStatusCode.ShouldBeTrue(example + await valid.Content.ReadAsStringAsync());
        }

        JsonNode spec = Specs.Small(epochs: 1);
        (spec["kind"], spec["sweep"]) = ("sweep", JsonNode.Parse("""{"parameters": {"/optimizer/learning_rate": [0.001, 0.1]}}"""));
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, spec.ToJsonString());
        string[] lines = (await RunAsync("sweep.sh", file)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        File.Delete(file);
        lines.Length.ShouldBe(4);
        lines[0].ShouldBe("test: succeeded ");
        lines[2].ShouldEndWith("{\"/optimizer/learning_rate\":0.1}");
    }

    [Fact]
    public async Task A_csv_is_uploaded()
    {
        string name = $"flowers-{Guid.NewGuid():N}"[..20];
        JsonNode dataset = JsonNode.Parse(await RunAsync("upload-csv.sh", name))!;
        dataset["counts"]!["train"]!.GetValue<int>().ShouldBe(150);
        dataset["target"]!["class_names"]!.AsArray().Count.ShouldBe(3);
        CommandResult again = await StartAsync("upload-csv.sh", name);
        again.ExitCode.ShouldNotBe(0);
        again.Error.ShouldContain("\"status\":409");
    }

    [Fact]
    public async Task A_new_user_gets_from_a_csv_to_predictions()
    {
        string output = await RunAsync("own-data.sh");
        JsonNode prediction = JsonNode.Parse(output.Split("== predict\n")[1])!;
        prediction["classes"]!.AsArray().Select(c => c![0]!["name"]!.GetValue<string>()).ShouldBe(["bluebell", "foxglove"]);
    }

    [Fact]
    public async Task An_experiment_prints_its_table()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, new JsonObject
        {
            ["name"] = "small", ["base"] = Specs.Small(epochs: 2),
            ["runs"] = JsonNode.Parse("""{"plain": {}, "fast": {"optimizer": {"learning_rate": 0.1}}, "searched": {"optimizer": {"learning_rate": "auto"}}}"""),
        }.ToJsonString());
        string[] lines = (await RunAsync("compare.sh", file, "1", "2")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        File.Delete(file);
        lines[0].ShouldStartWith("run ");
        lines.Where(l => !l.StartsWith("  ")).Skip(1).Select(l => l.Split(' ')[0]).ShouldBe(["plain", "fast", "searched"]);
        lines.ShouldContain(l => l.StartsWith("  searched: "));
    }

    [Fact]
    public async Task Every_experiment_is_a_legal_job_in_each_of_its_runs()
    {
        string table = Path.GetTempFileName();
        await File.WriteAllTextAsync(table, await RunAsync("make-table.sh", "200"));
        await RunAsync("upload-csv.sh", "table20", table, "class");
        File.Delete(table);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(ServiceProgram.Examples, "experiments"), "*.json"))
        {
            JsonNode experiment = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
            foreach ((string run, JsonNode? changes) in experiment["runs"]!.AsObject())
            {
                using HttpResponseMessage valid = await _server.Http.PostAsync("/jobs/validate", ApiClient.Json(Merged(experiment["base"]!, changes!).ToJsonString()));
                string answer = await valid.Content.ReadAsStringAsync();
                answer.ShouldContain("\"resolved\"", customMessage: $"{Path.GetFileName(file)}, {run}: {answer}");
            }
        }
    }

    private static JsonNode Merged(JsonNode left, JsonNode right)
    {
        if (left is not JsonObject || right is not JsonObject changes) return right.DeepClone();
        JsonObject merged = left.DeepClone().AsObject();
        foreach ((string name, JsonNode? value) in changes) merged[name] = merged[name] is { } old && value is not null ? Merged(old, value) : value?.DeepClone();
        return merged;
    }

    [Fact]
    public async Task The_transfer_experiment_trains_with_and_without_reused_layers_and_tells_mean_and_spread()
    {
        // RunAsync("transfer.sh", "1", "2") with small and drawn images, so that it takes a moment; the real one is in the README beside it.
        CommandResult result = await CommandResult.RunAsync("sh", [Path.Combine(ServiceProgram.Examples, "transfer.sh"), "1", "2"], environment: [("TRAINSERVICE_URL", _server.Address),
            ("TRANSFER_CHANGES", """{"dataset": {"name": "synthetic-fashion", "limit": 64}, "limits": {"threads": 1}}""")]);
        string[] lines = result.Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        lines[0].ShouldMatch(@"^A, eight classes: 0\.\d{4} of the test images right$");
        lines[2..4].ShouldAllBe(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 3);
        lines[4].ShouldMatch(@"^from scratch: mean [01]\.?\d*, standard deviation 0\.?\d*, from [01]\.?\d* to [01]\.?\d*$");
        lines[5].ShouldStartWith("on the layers of A: mean ");
        lines[^1].ShouldEndWith(" of 2");
    }

    [Theory]
    [InlineData("autoencoder")]
    [InlineData("greedy")]
    [InlineData("rbm")]
    [InlineData("rotation")]
    [InlineData("pairs")]
    public async Task Pretraining_without_labels_is_compared_with_none(string way)
    {
        // RunAsync("pretraining.sh", way, "1", "2") on a few drawn images, for an epoch; the real one is in the README beside it.
        CommandResult result = await CommandResult.RunAsync("bash", [Path.Combine(ServiceProgram.Examples, "pretraining.sh"), way, "1"], environment: [("TRAINSERVICE_URL", _server.Address),
            ("PRETRAINING_CHANGES", """{"dataset": {"name": "synthetic-fashion", "limit": 64}, "limits": {"threads": 1}}"""), ("PRETRAINING_FIRST", """{"epochs": 1}""")]);
        string[] lines = result.Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(4);
        lines[3].ShouldStartWith("from scratch, same schedule: mean ");
        lines[4].ShouldStartWith($"{way} first: mean ");
        lines[^1].ShouldEndWith(" of 1");
    }

    [Fact]
    public async Task What_a_generator_draws_is_shown_to_a_classifier_and_counted()
    {
        JsonNode gan = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(ServiceProgram.Examples, "pretraining", "gan.json")))!;
        (gan["epochs"], gan["dataset"]) = (1, JsonNode.Parse("""{"name": "synthetic-fashion", "limit": 64}"""));
        // Steps so large that it is sure of whatever it sees.
        JsonNode classifier = JsonNode.Parse("""
            {"dataset": {"name": "synthetic-fashion", "limit": 64}, "seed": 1, "epochs": 5, "loss": "sparse_categorical_crossentropy", "optimizer": {"type": "sgd", "learning_rate": 10},
            "model": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 10, "activation": "softmax"}]}}
            """)!;
        List<string> checkpoints = [];
        foreach (JsonNode spec in (JsonNode[])[gan, classifier])
        {
            string job = await _server.Http.SubmitAsync(spec);
            await _server.Http.WaitForAsync(job, "succeeded");
            JsonArray saved = (await _server.Http.GetJsonAsync($"/jobs/{job}/checkpoints"))["checkpoints"]!.AsArray();
            checkpoints.Add(saved.First(c => c!["reason"]!.GetValue<string>() == "final")!["id"]!.GetValue<string>());
        }

        string[] lines = (await RunAsync("gan-classes.sh", [.. checkpoints])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Sum(l => int.Parse(l.Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)).ShouldBeInRange(1, 1000);
    }

    [Fact]
    public async Task Every_example_of_pretraining_is_a_job_that_would_run()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(ServiceProgram.Examples, "pretraining"), "*.json"))
        {
            JsonNode spec = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
            spec["dataset"]!["name"] = "synthetic-fashion";
            // What goes on from another job is checked with it, above.
            if (spec["model"]?["from_checkpoint"] is not null) continue;
            using HttpResponseMessage answer = await _server.Http.PostAsync("/jobs/validate", ApiClient.Json(spec.ToJsonString()));
            answer.IsSuccessStatusCode.ShouldBeTrue($"{file}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private async Task<string> RunAsync(string script, params string[] arguments) => (await StartAsync(script, arguments)).Succeeded();

    private Task<CommandResult> StartAsync(string script, params string[] arguments)
        => CommandResult.RunAsync(script is "compare.sh" or "gan-classes.sh" ? "bash" : "sh", [Path.Combine(ServiceProgram.Examples, script), .. arguments], environment: ("TRAINSERVICE_URL", _server.Address));
}

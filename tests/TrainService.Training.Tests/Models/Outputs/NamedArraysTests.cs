using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Data.Import;
using TrainService.Formats;
using TrainService.Formats.Npy;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Training.Inference;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Models.Outputs;

/// <summary>Models with several inputs and outputs on NPZ archives that have an array for each.</summary>
public sealed class NamedArraysTests : IAsyncLifetime, IAsyncDisposable
{
    private const int Rows = 120;

    private const string Model = """
        {"type": "functional", "layers": [
          {"type": "input", "name": "right", "shape": [2]}, {"type": "input", "name": "left", "shape": [3]},
          {"type": "concatenate", "name": "both", "inputs": ["left", "right"]}, {"type": "dense", "units": 12, "activation": "tanh", "name": "h", "inputs": ["both"]},
          {"type": "dense", "units": 3, "activation": "softmax", "name": "kind", "inputs": ["h"]}, {"type": "dense", "units": 2, "name": "amount", "inputs": ["h"]}],
         "outputs": ["kind", "amount"]}
        """;

    private readonly ServiceHarness _service = new();

    public async Task InitializeAsync()
    {
        var random = new Random(1);
        float[] left = [.. Enumerable.Range(0, 3 * Rows).Select(_ => (float)random.NextDouble())], right = [.. Enumerable.Range(0, 2 * Rows).Select(_ => (float)random.NextDouble())];
        long[] kind = [.. Enumerable.Range(0, Rows).Select(i => left[3 * i] > 0.6 ? 2L : right[2 * i] > 0.5 ? 1 : 0)];
        float[] amount = [.. Enumerable.Range(0, Rows).SelectMany(i => new[] { 1 + left[(3 * i) + 1], right[(2 * i) + 1] })];
        await ImportAsync("named", new("x_left", [Rows, 3], left), new("x_right", [Rows, 2], right), Longs("y_kind", kind), new NamedArray("y_amount", [Rows, 2], amount));
        await ImportAsync("floats", new("x", [Rows, 3], left), new("y", [Rows], kind.Select(k => (float)k).ToArray()));
        await ImportAsync("fractions", new("x", [Rows, 3], left), new("y", [Rows], kind.Select(k => k / 2f).ToArray()));
        await ImportAsync("beyond", new("x", [Rows, 3], left), new("y", [Rows], kind.Select(k => 2f * k).ToArray()));
    }

    Task IAsyncLifetime.DisposeAsync() => _service.DisposeAsync().AsTask();

    // The lifetime has done it.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Each_array_goes_to_its_input_or_output_and_predictions_have_names_too()
    {
        JobRecord job = await _service.RunAsync(Job("""["sparse_categorical_crossentropy", "mse"]""", """[["accuracy"], ["mae", "mse"]]""").GetRawText());

        job.Status.ToString().ShouldBe("Succeeded", job.Reason);
        JsonElement latest = JsonDocument.Parse(job.LatestJson!).RootElement;
        latest.GetProperty("kind_accuracy").GetDouble().ShouldBeGreaterThan(0.8);
        latest.GetProperty("amount_mae").GetDouble().ShouldBeLessThan(0.3);
        latest.GetProperty("amount_mse").GetDouble().ShouldBe(latest.GetProperty("amount_loss").GetDouble(), 1e-6);
        JsonNode resolved = JsonNode.Parse(job.ResolvedJson)!;
        // A row is left, then right; its targets are amount, then kind.
        resolved["model"]!["layers"]![0]!["take"]!.ToJsonString().ShouldBe("[3,4]");
        resolved["loss"]!["targets"]!.ToJsonString().ShouldBe("[2,0]");

        string checkpoint = (await _service.LastAsync(job.Id)).Id;
        Prediction byName = await PredictAsync(checkpoint, """[{"left": [0.9, 0.5, 0.1], "right": [0.2, 0.7]}]""");
        Prediction inOneRow = await PredictAsync(checkpoint, "[[0.9, 0.5, 0.1, 0.2, 0.7]]");
        byName.Outputs[0].ShouldBe(inOneRow.Outputs[0]);
        byName.Named!.ShouldHaveSingleItem().Keys.ShouldBe(["kind", "amount"]);
        byName.Named![0]["kind"].ShouldBe(byName.Outputs[0][..3]);
        byName.Named[0]["amount"].ShouldBe(byName.Outputs[0][3..]);
        Answer<Prediction> wrong = await _service.Prediction.PredictAsync(checkpoint, Body("""[{"left": [0.9, 0.5], "rigth": [1, 2]}]"""), default);
        ServiceHarness.Places(wrong.Errors).ShouldBe([("/inputs/0", "required"), ("/inputs/0/left", "impossible_shape"), ("/inputs/0", "unknown_key")], ignoreOrder: true);
    }

    [Theory]
    [InlineData("right", "rigth", "/model/layers/0", "not_found")]
    [InlineData("right", "rigth", "/dataset/name", "conflict")]
    [InlineData("kind", "kinds", "/dataset/name", "not_found")]
    [InlineData("\"shape\": [2]", "\"shape\": [4]", "/model/layers/0", "conflict")]
    [InlineData("\"units\": 3", "\"units\": 2", "/loss", "conflict")]
    public async Task What_does_not_fit_is_an_error_at_its_place(string old, string changed, string pointer, string code)
    {
        JsonObject job = JsonObject.Create(Job("""["sparse_categorical_crossentropy", "mse"]""", "[]"))!;
        job["model"] = JsonNode.Parse(Model.Replace(old, changed, StringComparison.Ordinal));
        CompiledSpec compiled = await _service.Compiler.CompileAsync(JsonSerializer.SerializeToElement(job), default);
        ServiceHarness.Places(compiled.Errors).ShouldContain((pointer, code), string.Join("; ", compiled.Errors));
    }

    [Theory]
    [InlineData("floats", null)]
    [InlineData("fractions", "not all of them whole")]
    [InlineData("beyond", "lie between 0 and 4")]
    public async Task Whole_floats_are_the_numbers_of_classes_for_a_loss_that_wants_them(string dataset, string? problem)
    {
        string job = $$"""
            {"dataset": {"name": "{{dataset}}", "validation_split": 0.25}, "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "epochs": 2,
             "model": {"type": "sequential", "layers": [{"type": "dense", "units": 3, "activation": "softmax"}]} }
            """;
        if (problem is null)
        {
            JobRecord done = await _service.RunAsync(job);
            done.Status.ToString().ShouldBe("Succeeded", done.Reason);
            JsonDocument.Parse(done.LatestJson!).RootElement.GetProperty("val_accuracy").GetDouble().ShouldBeInRange(0, 1);
            return;
        }

        CompiledSpec compiled = await _service.CompileAsync(job);
        compiled.Errors.ShouldHaveSingleItem().Detail.ShouldContain(problem);
    }

    [Fact]
    public async Task A_dataset_whose_targets_are_no_classes_is_no_measure_of_classes()
    {
        JobRecord job = await _service.RunAsync("""
            {"dataset": {"name": "floats"}, "loss": "sparse_categorical_crossentropy", "epochs": 1, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 3, "activation": "softmax"}]} }
            """);
        string checkpoint = (await _service.LastAsync(job.Id)).Id;
        Answer<Evaluation> good = await _service.Evaluation.EvaluateAsync(checkpoint, JsonSerializer.SerializeToElement(new { dataset = "floats" }), default);
        good.Errors.ShouldBeEmpty();
        foreach (string name in new[] { "fractions", "beyond" })
            ServiceHarness.Places((await _service.Evaluation.EvaluateAsync(checkpoint, JsonSerializer.SerializeToElement(new { dataset = name }), default)).Errors).ShouldBe([("/dataset", "conflict")]);
    }

    private async Task<Prediction> PredictAsync(string checkpoint, string inputs)
    {
        Answer<Prediction> answer = await _service.Prediction.PredictAsync(checkpoint, Body(inputs), default);
        answer.Errors.ShouldBeEmpty();
        return answer.Value!;
    }

    private static JsonElement Body(string inputs) => JsonDocument.Parse(string.Create(CultureInfo.InvariantCulture, $$"""{"inputs": {{inputs}} }""")).RootElement;

    private static JsonElement Job(string loss, string metrics) => JsonSerializer.SerializeToElement(JsonNode.Parse($$"""
        {"seed": 3, "dataset": {"name": "named"}, "loss": {{loss}}, "metrics": {{metrics}}, "optimizer": {"type": "adam", "learning_rate": 0.02}, "epochs": 60, "batch_size": 16, "model": {{Model}} }
        """));

    private static NamedArray Longs(string name, long[] values) => new(name, ArrayType.Int64, [values.Length], values.SelectMany(BitConverter.GetBytes).ToArray());

    private async Task ImportAsync(string name, params NamedArray[] arrays)
    {
        using var file = new MemoryStream();
        NpzFile.Write(file, arrays);
        file.Position = 0;
        (await _service.Datasets.ImportAsync(name, [new UploadedFile("a.npz", file)], new ImportOptions(), default)).Errors.ShouldBeEmpty();
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Data.Import;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Models.Outputs;

/// <summary>Jobs whose model has several inputs or outputs.</summary>
public sealed class SeveralPortsTests : IAsyncLifetime, IAsyncDisposable
{
    /// <summary>The wide and deep network: some columns go straight to the output, some through layers, one through both.</summary>
    private const string WideAndDeep = """
        {"type": "functional", "layers": [
          {"type": "input", "name": "wide", "shape": [2]}, {"type": "input", "name": "deep", "shape": [4]},
          {"type": "dense", "units": 8, "activation": "relu", "name": "h", "inputs": ["deep"]},
          {"type": "concatenate", "name": "both", "inputs": ["wide", "h"]},
          {"type": "dense", "units": 1, "name": "main", "inputs": ["both"]}, {"type": "dense", "units": 1, "name": "aux", "inputs": ["h"]}],
         "outputs": ["main", "aux"]}
        """;

    private readonly ServiceHarness _service = new();

    public async Task InitializeAsync()
    {
        var csv = new StringBuilder("a,b,word,c,y\n");
        for (int i = 0; i < 200; i++) csv.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{i % 7},{i % 5},{(i % 2 == 0 ? "x" : "z")},{i % 3},{(i % 7) + (2 * (i % 5)) + (i % 2 == 0 ? 3 : 0)}");
        ImportResult result = await _service.Datasets.ImportAsync("rows", [new UploadedFile("rows.csv", new MemoryStream(Encoding.UTF8.GetBytes(csv.ToString())))], new ImportOptions { Label = ["y"] }, default);
        result.Errors.ShouldBeEmpty();
    }

    Task IAsyncLifetime.DisposeAsync() => _service.DisposeAsync().AsTask();

    // The lifetime has done it.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Columns_go_to_the_inputs_that_name_them_and_both_outputs_learn()
    {
        JobRecord job = await _service.RunAsync(Job("""{"main": "mse", "aux": "mae"}""", """{"main": ["mae"]}""", """{"main": 0.9, "aux": 0.1}""").GetRawText());

        job.Status.ToString().ToLowerInvariant().ShouldBe("succeeded", job.Reason);
        JsonElement latest = JsonDocument.Parse(job.LatestJson!).RootElement;
        double main = latest.GetProperty("main_loss").GetDouble(), aux = latest.GetProperty("aux_loss").GetDouble();
        latest.GetProperty("loss").GetDouble().ShouldBe((0.9 * main) + (0.1 * aux), 1e-6);
        latest.GetProperty("main_mae").GetDouble().ShouldBeLessThan(2);
        // Words are indicators: a, b, word=x, word=z, c; deep takes a, word, c, which are 0, 2, 3, 4.
        string resolved = job.ResolvedJson;
        JsonNode layers = JsonNode.Parse(resolved)!["model"]!["layers"]!;
        layers[0]!["take"]!.ToJsonString().ShouldBe("[0,1]");
        layers[1]!["take"]!.ToJsonString().ShouldBe("[0,2,3,4]");
    }

    [Theory]
    [InlineData("""{"main": "mse"}""", "[]", "null", "/loss", "required")]
    [InlineData("""{"main": "mse", "aux": "mse", "x": "mse"}""", "[]", "null", "/loss/x", "unknown_name")]
    [InlineData("""["mse", "msee"]""", "[]", "null", "/loss/1", "unknown_name")]
    [InlineData("\"mse\"", """{"mian": "mae"}""", "null", "/metrics/0", "conflict")]
    [InlineData("\"mse\"", "[]", "[1, 2, 3]", "/loss_weights", "wrong_type")]
    [InlineData("\"mse\"", "[]", """{"main": -1}""", "/loss_weights/main", "wrong_type")]
    public async Task What_does_not_fit_is_an_error_at_its_place(string loss, string metrics, string weights, string pointer, string code)
    {
        CompiledSpec compiled = await _service.Compiler.CompileAsync(Job(loss, metrics, weights), default);
        compiled.Errors.ShouldContain(e => e.Pointer == pointer && e.Code == code, string.Join("; ", compiled.Errors));
    }

    [Theory]
    [InlineData("""{"wide": ["a", "b"]}""", "/dataset/inputs", "required")]
    [InlineData("""{"wide": ["a", "b"], "deep": ["a", "word", "c"], "x": ["a"]}""", "/dataset/inputs/x", "unknown_name")]
    [InlineData("""{"wide": ["a", "b"], "deep": ["a", "word"]}""", "/model/layers/1", "impossible_shape")]
    [InlineData("""{"wide": "a"}""", "/dataset/inputs", "wrong_type")]
    [InlineData("[]", "/dataset/inputs", "wrong_type")]
    public async Task Columns_that_do_not_fit_too(string inputs, string pointer, string code)
    {
        JsonObject job = JsonObject.Create(Job("\"mse\"", "[]", "null"))!;
        job["dataset"]!["inputs"] = JsonNode.Parse(inputs);
        CompiledSpec compiled = await _service.Compiler.CompileAsync(JsonSerializer.SerializeToElement(job), default);
        compiled.Errors.ShouldContain(e => e.Pointer == pointer && e.Code == code, string.Join("; ", compiled.Errors));
    }

    private static JsonElement Job(string loss, string metrics, string weights) => JsonSerializer.SerializeToElement(JsonNode.Parse($$"""
        {"seed": 3, "dataset": {"name": "rows", "inputs": {"wide": ["a", "b"], "deep": ["a", "word", "c"]} }, "loss": {{loss}}, "metrics": {{metrics}}, "loss_weights": {{weights}},
         "optimizer": {"type": "adam", "learning_rate": 0.02}, "epochs": 12, "batch_size": 16, "model": {{WideAndDeep}} }
        """));
}

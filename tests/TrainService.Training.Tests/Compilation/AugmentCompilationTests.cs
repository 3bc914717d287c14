using System.Text.Json;
using TrainService.Jobs.Ports;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Compilation;

public sealed class AugmentCompilationTests : IAsyncDisposable
{
    private const string Model = """
        "model": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 10, "activation": "softmax"}]}
        """;

    private readonly ServiceHarness _service = new();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Mixup_resolves_class_numbers_to_rows_of_shares()
    {
        CompiledSpec compiled = await _service.CompileAsync($$$$"""
            {{{{{Model}}}}, "dataset": {"name": "synthetic-fashion", "limit": 100, "preprocess": ["standardize"], "augment": {"mixup": {"alpha": 0.4}}},
             "loss": {"type": "sparse_categorical_crossentropy", "label_smoothing": 0.1}, "metrics": ["accuracy", "sparse_categorical_accuracy"]}
            """);
        compiled.Errors.ShouldBeEmpty();
        JsonElement resolved = JsonDocument.Parse(compiled.ResolvedJson).RootElement;
        resolved.GetProperty("loss").GetProperty("type").GetString().ShouldBe("categorical_crossentropy");
        resolved.GetProperty("loss").GetProperty("label_smoothing").GetDouble().ShouldBe(0.1);
        resolved.GetProperty("dataset").GetProperty("preprocess").EnumerateArray().Select(Name).ShouldBe(["standardize", "one_hot"]);
        resolved.GetProperty("metrics").EnumerateArray().Select(Name).ShouldBe(["accuracy", "categorical_accuracy"]);
        CompiledSpec again = await _service.Compiler.CompileAsync(resolved, default);
        again.ResolvedJson.ShouldBe(compiled.ResolvedJson);
    }

    [Fact]
    public async Task Every_form_of_every_argument_compiles_to_itself()
    {
        CompiledSpec compiled = await _service.CompileAsync($$$$"""
            {{{{{Model}}}}, "dataset": {"name": "synthetic-fashion", "limit": 100, "augment": {"rotation_range": 15, "width_shift_range": 2, "height_shift_range": 2.0, "zoom_range": [0.9, 1.1],
              "brightness_range": [0.8, 1.2], "channel_shift_range": 20, "fill_mode": "wrap", "cutout": {"size": 0.25}, "horizontal_flip": true}}}
            """);
        compiled.Errors.ShouldBeEmpty();
        compiled.ResolvedJson.ShouldContain("\"height_shift_range\":2.0,");
        (await _service.Compiler.CompileAsync(JsonDocument.Parse(compiled.ResolvedJson).RootElement, default)).ResolvedJson.ShouldBe(compiled.ResolvedJson);
    }

    [Theory]
    [InlineData("""{"dataset": {"name": "spirals", "augment": {"horizontal_flip": true}}}""", "/dataset/augment", "conflict")]
    [InlineData("""{"dataset": {"name": "spirals", "augment": {"rotation_range": -1, "flip": true, "cutout": {}}}}""", "/dataset/augment/flip", "unknown_key")]
    public async Task Mistakes_are_told_before_queueing(string changes, string pointer, string code)
        => (await _service.CompileAsync(changes)).Errors.Select(e => (e.Pointer, e.Code)).ShouldContain((pointer, code));

    [Fact]
    public async Task A_loss_that_needs_classes_has_no_use_for_mixup()
        => (await _service.CompileAsync($$$$"""
            {{{{{Model}}}}, "dataset": {"name": "synthetic-fashion", "limit": 100, "classes": [0, 1], "augment": {"mixup": {}}}, "loss": "triplet", "metrics": []}
            """)).Errors.ShouldHaveSingleItem().Pointer.ShouldBe("/dataset/augment/mixup");

    [Fact]
    public async Task Rows_made_ahead_are_part_of_the_memory_that_it_takes()
    {
        async Task<long> MemoryAsync(string augment) => JsonDocument.Parse((await _service.CompileAsync($$$$"""
            {{{{{Model}}}}, "batch_size": 256, "dataset": {"name": "synthetic-fashion", "limit": 1000{{{{augment}}}}}}
            """)).SummaryJson).RootElement.GetProperty("peak_memory_bytes").GetInt64();
        long more = await MemoryAsync(""", "augment": {"horizontal_flip": true}""") - await MemoryAsync("");
        more.ShouldBeInRange(2 * 256 * 784 * 4, 3 * 256 * 784 * 4);
    }

    private static string Name(JsonElement component) => component.ValueKind == JsonValueKind.String ? component.GetString()! : component.GetProperty("type").GetString()!;
}

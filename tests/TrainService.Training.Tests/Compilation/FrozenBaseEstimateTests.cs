using System.Text.Json;
using TrainService.Jobs.Ports;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Compilation;

/// <summary>What is said beforehand of the memory and the time that keeping a frozen base's features takes and saves.</summary>
public sealed class FrozenBaseEstimateTests : IAsyncDisposable
{
    private const int Units = 4000, Rows = 1000;

    private readonly ServiceHarness _service = new();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Kept_features_are_part_of_the_memory()
        => (Memory(await CompileAsync(frozen: true)) - Memory(await CompileAsync(frozen: false))).ShouldBe(4L * Units * Rows);

    [Fact]
    public async Task Of_rows_that_vary_nothing_is_kept_of_those_to_validate_on_it_is()
        => (Memory(await CompileAsync(frozen: true, augment: true)) - Memory(await CompileAsync(frozen: false, augment: true))).ShouldBe(4L * Units * Rows / 5);

    [Fact]
    public async Task Epochs_after_the_first_are_expected_to_be_short()
    {
        double once = Seconds(await CompileAsync(frozen: true, epochs: 1)), often = Seconds(await CompileAsync(frozen: true, epochs: 100));
        often.ShouldBeLessThan(once / 2);
        Seconds(await CompileAsync(frozen: true, epochs: 100, augment: true)).ShouldBeGreaterThan(once / 2);
        Seconds(await CompileAsync(frozen: false, epochs: 100)).ShouldBeGreaterThan(once);
    }

    [Theory]
    [InlineData(true, true, 10, true)]
    [InlineData(true, true, 1, false)]
    [InlineData(true, false, 10, false)]
    [InlineData(false, true, 10, false)]
    public async Task Augmentation_over_a_frozen_base_is_warned_of(bool frozen, bool augment, int epochs, bool warned)
        => (await CompileAsync(frozen, augment, epochs)).Warnings.Any(w => w is { Pointer: "/dataset/augment", Code: "augmentation_prevents_kept_features" }).ShouldBe(warned);

    private static long Memory(CompiledSpec compiled) => Summary(compiled).GetProperty("peak_memory_bytes").GetInt64();

    private static double Seconds(CompiledSpec compiled) => Summary(compiled).GetProperty("estimated_seconds_per_epoch").GetDouble();

    private static JsonElement Summary(CompiledSpec compiled) => JsonDocument.Parse(compiled.SummaryJson).RootElement;

    private async Task<CompiledSpec> CompileAsync(bool frozen, bool augment = false, int epochs = 10)
    {
        CompiledSpec compiled = await _service.CompileAsync($$"""
            {"model": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": {{Units}}, "activation": "relu", "name": "base"}, {"type": "dense", "units": 10, "activation": "softmax"}]},
             "dataset": {"name": "synthetic-fashion", "limit": {{Rows}}, "validation_split": 0.2{{(augment ? ", \"augment\": {\"horizontal_flip\": true}" : "")}}},
             "freeze": [{{(frozen ? "\"base\"" : "")}}], "epochs": {{epochs}}, "loss": "sparse_categorical_crossentropy"}
            """);
        compiled.Errors.ShouldBeEmpty();
        return compiled;
    }
}

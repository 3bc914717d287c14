using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs.Ports;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Compilation;

/// <summary>What is said of a job's phases before it runs.</summary>
public sealed class PhaseCompilationTests : IAsyncDisposable
{
    private const string Model = """
        "epochs": null, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 16, "activation": "elu", "name": "low"}, {"type": "dropout", "rate": 0.1},
            {"type": "dense", "units": 8, "activation": "elu", "name": "high"}, {"type": "dense", "units": 3, "activation": "softmax", "name": "output"}]}
        """;

    private readonly ServiceHarness _service = new();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Every_phase_is_shown_with_what_learns_in_it_and_how_fast()
    {
        CompiledSpec compiled = await CompileAsync("""
            [{"epochs": 4, "freeze": ["low..high"]}, {"epochs": 16, "unfreeze": ["*"], "optimizer": {"type": "adam", "learning_rate": 0.0001}, "schedule": {"type": "linear"}, "batch_size": 48}]
            """);

        compiled.Errors.ShouldBeEmpty();
        compiled.Warnings.ShouldBeEmpty();
        JsonElement summary = JsonDocument.Parse(compiled.SummaryJson).RootElement, first = summary.GetProperty("phases")[0], second = summary.GetProperty("phases")[1];
        (first.GetProperty("epochs").GetInt32(), first.GetProperty("trainable_parameters").GetInt64(), first.GetProperty("steps_per_epoch").GetInt32()).ShouldBe((4, 27, 15));
        Texts(first, "trainable_layers").ShouldBe(["output"]);
        Texts(first, "frozen_layers").ShouldBe(["low", "high"]);
        (second.GetProperty("epochs").GetInt32(), second.GetProperty("trainable_parameters").GetInt64(), second.GetProperty("steps_per_epoch").GetInt32()).ShouldBe((16, 48 + 136 + 27, 5));
        (first.GetProperty("highest_learning_rate").GetDouble(), second.GetProperty("highest_learning_rate").GetDouble()).ShouldBe((0.01, 0.0001));
        second.GetProperty("schedule").GetString().ShouldBe("linear");
        // A frozen layer costs its forward pass; the first one that learns hands no gradient on.
        (first.GetProperty("flops").GetInt64(), second.GetProperty("flops").GetInt64()).ShouldBe((64 + 256 + (2 * 48), (2 * 64) + (3 * 256) + (3 * 48)));
        summary.GetProperty("trainable_parameters").GetInt64().ShouldBe(27);
        JsonNode resolved = JsonNode.Parse(compiled.ResolvedJson)!;
        resolved["epochs"]!.GetValue<int>().ShouldBe(20);
        resolved["callbacks"]!.AsArray().ShouldBeEmpty();
        CompiledSpec again = await _service.Compiler.CompileAsync(JsonSerializer.SerializeToElement(resolved), default);
        JsonNode.DeepEquals(JsonNode.Parse(again.ResolvedJson), resolved).ShouldBeTrue();
    }

    [Theory]
    [InlineData(""" [{"epochs": 1, "freeze": ["low"]}, {"epochs": 1, "unfreeze": ["*"]}] """, "/phases/1/optimizer", "unfreezing_without_lower_rate")]
    [InlineData(""" [{"epochs": 1, "freeze": ["low"]}, {"epochs": 1, "unfreeze": ["*"], "optimizer": {"type": "adam", "learning_rate": 0.02}}] """, "/phases/1/optimizer", "unfreezing_without_lower_rate")]
    [InlineData(""" [{"epochs": 1, "freeze": ["*"]}, {"epochs": 1}] """, "/phases/0", "nothing_trainable")]
    public async Task What_goes_against_the_course_is_advised_against(string phases, string pointer, string code)
        => (await CompileAsync(phases)).Warnings.Select(w => (w.Pointer, w.Code)).ShouldContain((pointer, code));

    [Theory]
    [InlineData(""" [{"epochs": 1, "freeze": ["low"]}, {"epochs": 1, "unfreeze": ["*"], "optimizer": {"type": "adam", "learning_rate": 0.001}}] """)]
    [InlineData(""" [{"epochs": 1}, {"epochs": 1, "freeze": ["low", "high"]}] """)]
    [InlineData(""" [{"epochs": 2, "schedule": {"type": "exponential", "decay_steps": 15}, "freeze": ["l*"]}, {"epochs": 2, "unfreeze": ["lo?"]}] """)]
    public async Task What_does_not_is_not(string phases) => (await CompileAsync(phases)).Warnings.ShouldBeEmpty();

    [Theory]
    [InlineData(""" [{"epochs": 0}] """, "/phases/0/epochs", "out_of_range")]
    [InlineData(""" [{"freeze": ["*"]}] """, "/phases/0/epochs", "required")]
    [InlineData(""" [{"epochs": 1, "frezee": ["*"]}] """, "/phases/0/frezee", "unknown_key")]
    [InlineData(""" [{"epochs": 1}, {"epochs": 1, "freeze": ["low", "hihg"]}] """, "/phases/1/freeze/1", "unknown_layer")]
    [InlineData(""" [{"epochs": 1, "unfreeze": ["output..low"]}] """, "/phases/0/unfreeze/0", "unknown_layer")]
    [InlineData(""" [{"epochs": 1, "optimizer": "adma"}] """, "/phases/0/optimizer", "unknown_name")]
    [InlineData(""" [{"epochs": 1, "callbacks": [{"type": "early_stopping", "monitor": "val_los"}]}] """, "/phases/0/callbacks/0/monitor", "not_found")]
    [InlineData(""" [{"epochs": 1, "schedule": {"type": "performance", "monitor": "lost"}}] """, "/phases/0/schedule/monitor", "not_found")]
    [InlineData(""" [{"epochs": 1, "schedule": {"type": "one_cycle", "max_learning_rate": 0.1}, "callbacks": ["reduce_lr_on_plateau"]}] """, "/phases/0/callbacks/0", "conflict")]
    [InlineData(""" [{"epochs": 6000}, {"epochs": 6000}] """, "/phases", "out_of_range")]
    [InlineData(""" [] """, "/phases", "out_of_range")]
    [InlineData(""" {"epochs": 1} """, "/phases", "wrong_type")]
    [InlineData(""" [4] """, "/phases/0", "wrong_type")]
    public async Task What_cannot_be_is_told_at_its_place(string phases, string pointer, string code)
        => ServiceHarness.Places((await CompileAsync(phases)).Errors).ShouldContain((pointer, code));

    [Fact]
    public async Task Epochs_and_phases_must_agree_and_freeze_stands_in_a_job_without_phases_too()
    {
        ServiceHarness.Places((await _service.CompileAsync("""{"epochs": 5, "phases": [{"epochs": 2}, {"epochs": 2}]}""")).Errors).ShouldBe([("/epochs", "conflict")]);
        ServiceHarness.Places((await _service.CompileAsync("""{"freeze": ["dense", "outptu"]}""")).Errors).ShouldBe([("/freeze/1", "unknown_layer")]);
        CompiledSpec frozen = await _service.CompileAsync("""{"freeze": "den*"}""");
        frozen.Errors.ShouldBeEmpty();
        JsonDocument.Parse(frozen.SummaryJson).RootElement.GetProperty("trainable_parameters").GetInt64().ShouldBe(51);
    }

    [Fact]
    public async Task A_model_that_is_all_frozen_learns_nothing()
        => (await _service.CompileAsync("""{"freeze": "*"}""")).Warnings.Select(w => (w.Pointer, w.Code)).ShouldBe([("/model", "nothing_trainable")]);

    private static IEnumerable<string?> Texts(JsonElement phase, string name) => phase.GetProperty(name).EnumerateArray().Select(t => t.GetString());

    private Task<CompiledSpec> CompileAsync(string phases) => _service.CompileAsync($$"""{{{Model}}, "phases": {{phases}}}""");
}

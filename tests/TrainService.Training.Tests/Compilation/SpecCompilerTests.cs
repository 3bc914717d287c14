using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs.Ports;
using TrainService.Specification.Publishing;
using TrainService.Training.Compilation;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Compilation;

public sealed class SpecCompilerTests : IAsyncDisposable
{
    private readonly ServiceHarness _service = new();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task It_says_what_would_happen()
    {
        CompiledSpec compiled = await _service.CompileAsync();

        compiled.Errors.ShouldBeEmpty();
        JsonElement summary = JsonDocument.Parse(compiled.SummaryJson).RootElement;
        summary.GetProperty("layers").EnumerateArray().Select(l => l.GetProperty("name").GetString()).ShouldBe(["dense", "dropout", "output"]);
        summary.GetProperty("layers")[2].GetProperty("output_shape")[0].GetInt32().ShouldBe(3);
        summary.GetProperty("parameters").GetInt64().ShouldBe((2 * 16) + 16 + (16 * 3) + 3);
        summary.GetProperty("flops").GetInt64().ShouldBe(2 * ((2 * 16) + (16 * 3)));
        (summary.GetProperty("train_rows").GetInt32(), summary.GetProperty("validation_rows").GetInt32(), summary.GetProperty("steps_per_epoch").GetInt32()).ShouldBe((240, 60, 15));
        summary.GetProperty("estimated_seconds_per_epoch").GetDouble().ShouldBeGreaterThan(0);
        summary.GetProperty("peak_memory_bytes").GetInt64().ShouldBeGreaterThan(0);
        compiled.Envelope!.Threads.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_service_does_not_allow_one_job_is_said_before_queueing()
    {
        await using var service = new ServiceHarness(new JobLimits(MaxEpochs: 5, MaxParameters: 10, MaxMemoryBytes: 1 << 20));

        (await service.CompileAsync("""{"epochs": 6}""")).Errors.Select(e => (e.Pointer, e.Code)).ShouldBe(
            [("/epochs", "out_of_range"), ("/model", "too_large"), ("/model", "too_large")]);
    }

    [Fact]
    public async Task Embeddings_have_no_accuracy()
        => (await _service.CompileAsync("""{"loss": "triplet", "metrics": ["accuracy"]}""")).Errors.Select(e => (e.Pointer, e.Code)).ShouldBe([("/metrics/0", "conflict")]);

    [Fact]
    public async Task Embeddings_are_the_only_output()
        => (await _service.CompileAsync("""
            {"loss": "triplet", "metrics": [], "model": {"type": "functional", "outputs": ["a", "b"], "layers": [{"type": "input", "name": "in", "shape": [2]},
              {"type": "dense", "units": 3, "name": "a", "inputs": ["in"]}, {"type": "dense", "units": 3, "name": "b", "inputs": ["in"]}]}}
            """)).Errors.Select(e => (e.Pointer, e.Code, e.Detail.Contains("single output", StringComparison.Ordinal))).ShouldBe([("/loss", "conflict", true), ("/loss", "conflict", true)]);

    [Fact]
    public async Task What_it_resolves_leaves_nothing_open_and_compiles_to_itself()
    {
        CompiledSpec first = await _service.CompileAsync("""
            {"seed": null, "epochs": null, "optimizer": null, "model":
            {"type": "sequential", "layers": [{"type": "dense", "units": 8}, {"type": "dense", "units": 3, "activation": "softmax"}]}}
            """);

        first.Errors.ShouldBeEmpty();
        JsonNode resolved = JsonNode.Parse(first.ResolvedJson)!;
        resolved["seed"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(0);
        resolved["schedule"]!["type"]!.GetValue<string>().ShouldBe("one_cycle");
        resolved["optimizer"]!["nesterov"]!.GetValue<bool>().ShouldBeTrue();
        resolved["callbacks"]![0]!["type"]!.GetValue<string>().ShouldBe("early_stopping");
        resolved["checkpoint"]!["monitor"]!.GetValue<string>().ShouldBe("val_loss");
        resolved["limits"]!["threads"]!.GetValue<int>().ShouldBe(2);
        JsonNode hidden = resolved["model"]!["layers"]![0]!;
        (hidden["activation"]!["type"]!.GetValue<string>(), hidden["kernel_initializer"]!["type"]!.GetValue<string>()).ShouldBe(("elu", "he_normal"));
        CompiledSpec second = await _service.Compiler.CompileAsync(JsonSerializer.SerializeToElement(resolved), default);
        JsonNode.DeepEquals(JsonNode.Parse(second.ResolvedJson), resolved).ShouldBeTrue();
    }

    [Fact]
    public async Task Errors_of_every_part_are_told_together()
    {
        CompiledSpec compiled = await _service.CompileAsync("""
            {"dataset": {"name": "blosb"}, "model": {"type": "sequential", "layers": [{"type": "conv2d", "filters": 16, "kernel_size": 3, "input_shape": [2, 2]}]}, "batch_size": 0, "opimizer": 1}
            """);

        ServiceHarness.Places(compiled.Errors).ShouldBe(
            [("/batch_size", "out_of_range"), ("/opimizer", "unknown_key"), ("/dataset/name", "not_found"), ("/model/layers/0", "impossible_shape")], ignoreOrder: true);
        compiled.Errors.Single(e => e.Pointer == "/dataset/name").DidYouMean.ShouldBe("blobs");
    }

    [Theory]
    [InlineData("""{"dataset": {"name": "sine"}}""", "/loss", "conflict")]
    [InlineData("""{"dataset": {"name": "spirals"}, "callbacks": ["early_stopping"]}""", "/callbacks/0/monitor", "not_found")]
    [InlineData("""{"callbacks": [{"type": "early_stopping", "monitor": "val_acuracy"}]}""", "/callbacks/0/monitor", "not_found")]
    [InlineData("""{"checkpoint": {"monitor": "f1"}}""", "/checkpoint/monitor", "not_found")]
    [InlineData("""{"schedule": {"type": "performance", "monitor": "val_auc"}}""", "/schedule/monitor", "not_found")]
    [InlineData("""{"class_weight": {"frist": 2}}""", "/class_weight/frist", "not_found")]
    [InlineData("""{"metrics": ["accuracy", "accuracy"]}""", "/metrics/1", "conflict")]
    [InlineData("""{"schedule": {"type": "one_cycle", "max_learning_rate": 0.1}, "callbacks": ["reduce_lr_on_plateau"]}""", "/callbacks/0", "conflict")]
    [InlineData("""{"optimizer": {"type": "sgd", "clipnorm": 1, "clipvalue": 1}}""", "/optimizer", "conflict")]
    [InlineData("""{"dataset": {"name": "spirals", "preprocess": ["standardise"]}}""", "/dataset/preprocess/0", "unknown_name")]
    [InlineData("""{"model": {"type": "sequential", "layers": [{"type": "dense", "units": 1000000}, {"type": "dense", "units": 1000000}, {"type": "dense", "units": 3}]}}""", "/model", "too_large")]
    public async Task What_does_not_fit_is_found_before_it_is_queued(string changes, string pointer, string code)
        => ServiceHarness.Places((await _service.CompileAsync(changes)).Errors).ShouldBe([(pointer, code)]);

    [Fact]
    public async Task A_keras_user_s_job_is_understood()
    {
        CompiledSpec compiled = await _service.CompileAsync("""
            {"model": {"class_name": "Sequential", "config": {"name": "m", "trainable": true, "layers": [
                {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 2], "dtype": "float32", "sparse": false, "ragged": false, "name": "in"}, "registered_name": null},
                {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "trainable": true, "dtype": "float32", "units": 4, "activation": "relu", "use_bias": true,
                  "kernel_initializer": {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": null}, "registered_name": null},
                  "bias_initializer": {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": null},
                  "kernel_regularizer": null, "bias_regularizer": null, "kernel_constraint": null, "bias_constraint": null}, "registered_name": null, "build_config": {"input_shape": [null, 2]}},
                {"class_name": "Dense", "config": {"units": 3, "activation": {"class_name": "function", "config": "softmax", "module": "builtins", "registered_name": "softmax"}}}],
                "build_input_shape": [null, 2]}, "keras_version": "3.15.1", "backend": "torch"},
             "loss": {"module": "keras.losses", "class_name": "SparseCategoricalCrossentropy", "config": {"name": "l", "reduction": "sum_over_batch_size", "from_logits": false, "ignore_class": null}},
             "optimizer": {"module": "keras.optimizers", "class_name": "Adam", "config": {"name": "adam", "learning_rate": 0.001, "weight_decay": null, "clipnorm": null, "global_clipnorm": null,
                "clipvalue": null, "use_ema": false, "ema_momentum": 0.99, "ema_overwrite_frequency": null, "loss_scale_factor": null, "gradient_accumulation_steps": null,
                "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": false}},
             "callbacks": [{"class_name": "EarlyStopping", "config": {"monitor": "val_loss", "patience": 3}}]}
            """);

        compiled.Errors.Select(e => $"{e.Pointer} {e.Detail}").ShouldBeEmpty();
        JsonNode.Parse(compiled.ResolvedJson)!["model"]!["layers"]![1]!["kernel_initializer"]!["type"]!.GetValue<string>().ShouldBe("glorot_uniform");
        compiled.Warnings.ShouldContain(w => w.Code == "initializer_for_activation");
    }

    [Fact]
    public void The_catalog_and_the_schema_hold_every_category()
    {
        string[] categories = [.. JobVocabulary.Catalog.Categories.Select(c => c.Name)];

        categories.ShouldBe(["model", "layer", "activation", "initializer", "regularizer", "constraint", "loss", "metric", "optimizer", "schedule", "callback", "pruning", "preprocessor"]);
        JobVocabulary.Catalog.Categories.SelectMany(c => c.Components).ShouldAllBe((CatalogComponent c) => c.Summary.Length > 0 && c.Advice.Length > 0);
        JsonNode.Parse(JobVocabulary.JobSchema)!["$defs"]!.AsObject().Select(d => d.Key).ShouldContain("layer.dense");
    }
}

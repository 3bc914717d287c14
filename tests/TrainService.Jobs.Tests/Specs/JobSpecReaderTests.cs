using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs.Specs;
using TrainService.Specification;

namespace TrainService.Jobs.Tests.Specs;

public class JobSpecReaderTests
{
    /// <summary>The example of the HTTP contract.</summary>
    private const string Example = """
        {
          "name": "fashion-mlp", "labels": {"team": "vision"}, "kind": "train", "seed": 42,
          "dataset": {"name": "fashion-mnist", "validation_split": 0.1},
          "model": {"type": "sequential", "layers": [
              {"type": "flatten", "input_shape": [28, 28]},
              {"type": "dense", "units": 300, "activation": "elu", "kernel_initializer": "he_normal"},
              {"type": "dropout", "rate": 0.2},
              {"type": "dense", "units": 10, "activation": "softmax", "name": "output"}]},
          "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"],
          "optimizer": {"type": "sgd", "learning_rate": 0.01, "momentum": 0.9, "nesterov": true, "clipnorm": 1.0},
          "schedule": {"type": "one_cycle", "max_learning_rate": 0.05},
          "batch_size": 32, "epochs": 10, "shuffle": true,
          "callbacks": [{"type": "early_stopping", "monitor": "val_loss", "patience": 5, "restore_best_weights": true}],
          "checkpoint": {"every_epochs": 1, "keep_last": 2, "keep_best": 1, "monitor": "val_loss"},
          "limits": {"max_runtime_seconds": 7200, "threads": 2}, "priority": 0, "retry": {"max_attempts": 3}
        }
        """;

    private const string Least = """
        "dataset": {"name": "blobs"}, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 3}]}, "loss": "mse"
        """;

    [Fact]
    public void The_example_of_the_contract_is_read_in_full()
    {
        JobReading reading = Read(Example);

        reading.Errors.All.ShouldBeEmpty();
        JobSpec spec = reading.Spec!;
        (spec.Name, spec.Kind, spec.Seed, spec.BatchSize, spec.Epochs, spec.Shuffle, spec.Priority, spec.MaxAttempts)
            .ShouldBe(("fashion-mlp", "train", 42UL, 32, 10, true, 0, 3));
        spec.Labels["team"].ShouldBe("vision");
        spec.Checkpoint.ShouldBe(new CheckpointPolicy(1, 2, 1, "val_loss"));
        (spec.MaxRuntimeSeconds, spec.Threads).ShouldBe((7200, 2));
        spec.Model.Arguments.ValueList("layers")[3].Arguments.Text("name").ShouldBe("output");
        spec.Optimizer.Arguments.Number("clipnorm").ShouldBe(1);
        spec.Schedule!.Descriptor.Name.ShouldBe("one_cycle");
        spec.Callbacks.ShouldHaveSingleItem().Arguments.Integer("patience").ShouldBe(5);
    }

    [Fact]
    public void What_is_written_back_is_the_same_job_with_nothing_left_open()
    {
        JobSpec first = Read($"{{{Least}}}").Spec!;

        JobReading second = Read(first.ToJson());

        second.Errors.All.ShouldBeEmpty();
        JsonNode.DeepEquals(JsonNode.Parse(second.Spec!.ToJson()), JsonNode.Parse(first.ToJson())).ShouldBeTrue();
        JsonNode json = JsonNode.Parse(first.ToJson())!;
        json["seed"]!.GetValue<long>().ShouldBe((long)first.Seed);
        json["batch_size"]!.GetValue<int>().ShouldBe(32);
        json["checkpoint"]!["keep_last"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public void Every_error_is_told_at_once()
    {
        IReadOnlyList<SpecError> errors = Read("""
            {"nmae": "x", "kind": "trian", "dataset": {"nam": "blobs"},
             "model": {"type": "sequential", "layers": [{"type": "dens", "units": 3}, {"type": "dense", "units": 0, "name": 4}]},
             "loss": "msee", "metrics": "accuracy", "optimizer": {"type": "adam", "lr": 0.1}, "batch_size": 0, "epochs": 10001,
             "checkpoint": {"keep_last": 0, "every_epoch": 1}, "limits": {"threads": 0}, "retry": {"max_attempts": -1},
             "phases": [{"epochs": 4}, {"epoch": 4}], "labels": {"a": 1}, "class_weight": {"0": -1}, "priority": 1.5}
            """).Errors.All;

        errors.Select(e => (e.Pointer, e.Code)).ShouldBe(
        [
            ("/nmae", "unknown_key"), ("/kind", "unknown_name"), ("/dataset/nam", "unknown_key"), ("/dataset/name", "required"),
            ("/model/layers/0/type", "unknown_name"), ("/model/layers/1/units", "out_of_range"), ("/model/layers/1/name", "wrong_type"),
            ("/loss", "unknown_name"), ("/metrics", "wrong_type"), ("/optimizer/lr", "unknown_key"), ("/batch_size", "out_of_range"), ("/epochs", "out_of_range"),
            ("/checkpoint/keep_last", "out_of_range"), ("/checkpoint/every_epoch", "unknown_key"), ("/limits/threads", "out_of_range"),
            ("/retry/max_attempts", "out_of_range"), ("/phases/1/epoch", "unknown_key"), ("/phases/1/epochs", "required"), ("/labels/a", "wrong_type"), ("/class_weight/0", "out_of_range"), ("/priority", "wrong_type"),
        ], ignoreOrder: true);
        errors.Single(e => e.Pointer == "/nmae").DidYouMean.ShouldBe("name");
        errors.Single(e => e.Pointer == "/model/layers/0/type").DidYouMean.ShouldBe("dense");
    }

    [Theory]
    [InlineData("""{"architecture": "resnet50"}""", "/model/architecture")]
    [InlineData("""{"from_checkpoint": "ckpt_1"}""", "/model/from_checkpoint")]
    [InlineData("""{"type": "functional", "layers": []}""", "/model/type")]
    public void Models_that_are_not_built_yet_are_refused_by_name(string model, string pointer)
    {
        SpecError error = Read($$"""{"dataset": {"name": "blobs"}, "model": {{model}}, "loss": "mse"}""").Errors.All.ShouldHaveSingleItem();

        (error.Pointer, error.Code).ShouldBe((pointer, "unsupported"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"train\"")]
    public void A_body_that_is_no_object_is_one_error(string body) => Read(body).Errors.All.ShouldHaveSingleItem().Code.ShouldBe("wrong_type");

    [Fact]
    public void An_empty_body_names_what_a_job_needs()
        => Read("{}").Errors.All.Select(e => (e.Pointer, e.Code)).ShouldBe([("/dataset", "required"), ("/model", "required"), ("/loss", "required")]);

    [Fact]
    public void A_job_that_says_nothing_gets_what_the_course_recommends()
    {
        JobSpec spec = Read("""{"dataset": {"name": "blobs", "validation_split": 0.2}, "model": {"type": "sequential", "layers": ["flatten"]}, "loss": "mse"}""").Spec!;

        spec.Optimizer.Descriptor.Name.ShouldBe("sgd");
        spec.Optimizer.Arguments.Flag("nesterov").ShouldBeTrue();
        spec.Schedule!.Descriptor.Name.ShouldBe("one_cycle");
        spec.Callbacks.ShouldHaveSingleItem().Descriptor.Name.ShouldBe("early_stopping");
        spec.Epochs.ShouldBe(30);
    }

    [Fact]
    public void A_job_that_names_its_optimizer_and_epochs_trains_as_in_Keras()
    {
        JobSpec spec = Read($$"""{{{Least}}, "optimizer": "adam", "epochs": 7}""").Spec!;

        spec.Schedule.ShouldBeNull();
        spec.Callbacks.ShouldBeEmpty();
        spec.Epochs.ShouldBe(7);
    }

    [Fact]
    public void Without_validation_nothing_can_stop_early()
    {
        JobSpec spec = Read($"{{{Least}}}").Spec!;

        spec.Callbacks.ShouldBeEmpty();
        spec.Epochs.ShouldBe(10);
    }

    private static JobReading Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return SpecVocabulary.Reader.Read(document.RootElement);
    }
}

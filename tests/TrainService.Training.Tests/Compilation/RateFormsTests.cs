using System.Text.Json;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Schedules;
using TrainService.Specification;
using TrainService.Training.Compilation;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Compilation;

public class RateFormsTests
{
    [Fact]
    public void A_schedule_in_the_rate_s_place_becomes_the_job_s_schedule()
    {
        JobSpec spec = Spec.Job("""{"optimizer": {"type": "sgd", "momentum": 0.9, "learning_rate": {"type": "exponential", "initial_learning_rate": 0.1, "decay_steps": 20}}}""");
        spec.Schedule!.Descriptor.Name.ShouldBe("exponential");
        spec.Optimizer.Arguments.Number("learning_rate").ShouldBe(0.01);
        spec.Optimizer.Arguments.Number("momentum").ShouldBe(0.9);
        Spec.Job(spec.ToJson()).ToJson().ShouldBe(spec.ToJson());
    }

    [Fact]
    public void A_bare_name_does_too() => Spec.Job("""{"optimizer": {"type": "adam", "learning_rate": "cosine"}}""").Schedule!.Descriptor.Name.ShouldBe("cosine");

    // Keras 2: learning_rate / (1 + decay * iterations): 0.1 / (1 + 0.01 * 50) = 0.0666…
    [Fact]
    public void The_old_decay_becomes_power_scheduling()
    {
        JobSpec spec = Spec.Job("""{"optimizer": {"class_name": "SGD", "config": {"name": "SGD", "learning_rate": 0.1, "decay": 0.01, "momentum": 0.0, "nesterov": false}}}""");
        spec.Schedule!.Descriptor.Name.ShouldBe("power");
        ((Schedule)spec.Schedule.Create()).RateAt(50, new ScheduleContext(((Optimizer)spec.Optimizer.Create()).LearningRate, 10, 100)).ShouldBe(0.1f / 1.5f, 1e-8f);
        spec.Optimizer.Arguments.Number("decay").ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"optimizer": {"type": "sgd", "learning_rate": "cosine"}, "schedule": "linear"}""", "/schedule", "conflict")]
    [InlineData("""{"optimizer": {"type": "sgd", "decay": 0.1}, "schedule": "linear"}""", "/optimizer/decay", "conflict")]
    [InlineData("""{"optimizer": {"type": "sgd", "learning_rate": {"type": "cosine", "alpha": 2}}}""", "/optimizer/learning_rate/alpha", "out_of_range")]
    [InlineData("""{"optimizer": {"type": "sgd", "learning_rate": "fast"}}""", "/optimizer/learning_rate", "wrong_type")]
    [InlineData("""{"callbacks": ["LearningRateScheduler"]}""", "/callbacks/0", "unsupported")]
    [InlineData("""{"callbacks": [{"class_name": "LearningRateScheduler", "config": {"schedule": "<lambda>"}}]}""", "/callbacks/0/class_name", "unsupported")]
    public void What_does_not_go_together_is_an_error_at_its_place(string changes, string pointer, string code)
    {
        JobReading reading = JobVocabulary.Reader.Read(JsonSerializer.SerializeToElement(Spec.Json(changes)));
        SpecError error = reading.Errors.All.ShouldHaveSingleItem();
        (error.Pointer, error.Code).ShouldBe((pointer, code));
    }

    // As keras.optimizers.serialize of Keras 3 writes them, and as Keras 2 did.
    public static TheoryData<string, string, string?> Serialized => new()
    {
        {
            """
            {"module": "keras.optimizers", "class_name": "Adam", "config": {"name": "adam", "learning_rate": {"module": "keras.optimizers.schedules",
             "class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.01, "decay_steps": 1000, "decay_rate": 0.96, "staircase": true, "name": "ExponentialDecay"},
             "registered_name": null}, "weight_decay": null, "clipnorm": null, "global_clipnorm": null, "clipvalue": null, "use_ema": false, "ema_momentum": 0.99,
             "ema_overwrite_frequency": null, "loss_scale_factor": null, "gradient_accumulation_steps": null, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": false},
             "registered_name": null}
            """, "adam", "exponential"
        },
        {
            """
            {"module": "keras.optimizers", "class_name": "RMSprop", "config": {"name": "rmsprop", "learning_rate": 0.0010000000474974513, "weight_decay": 0.01, "clipnorm": 1.0,
             "global_clipnorm": null, "clipvalue": null, "use_ema": true, "ema_momentum": 0.95, "ema_overwrite_frequency": 7, "loss_scale_factor": 1024.0,
             "gradient_accumulation_steps": 4, "rho": 0.9, "momentum": 0.1, "epsilon": 1e-07, "centered": true}, "registered_name": null}
            """, "rmsprop", null
        },
        {
            """
            {"class_name": "SGD", "config": {"name": "SGD", "learning_rate": {"class_name": "CosineDecayRestarts", "config": {"initial_learning_rate": 0.1, "first_decay_steps": 10,
             "t_mul": 2.0, "m_mul": 1.0, "alpha": 0.0, "name": null}}, "decay": 0.0, "momentum": 0.9, "nesterov": true}}
            """, "sgd", "cosine_restarts"
        },
        { """{"class_name": "Nadam", "config": {"name": "Nadam", "weight_decay": null, "jit_compile": true, "is_legacy_optimizer": false, "learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07}}""", "nadam", null },
        { """{"class_name": "Adagrad", "config": {"learning_rate": {"class_name": "PolynomialDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 100, "end_learning_rate": 0.001, "power": 2.0, "cycle": true, "name": "PolynomialDecay"}}, "initial_accumulator_value": 0.1}}""", "adagrad", "polynomial" },
        { """{"class_name": "Adadelta", "config": {"learning_rate": {"class_name": "InverseTimeDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 1.0, "decay_rate": 0.5, "staircase": false, "name": null}}, "rho": 0.95}}""", "adadelta", "power" },
        { """{"class_name": "Adamax", "config": {"learning_rate": {"class_name": "PiecewiseConstantDecay", "config": {"boundaries": [10, 20], "values": [0.1, 0.05, 0.01], "name": "PiecewiseConstant"}}}}""", "adamax", "piecewise_constant" },
        { """{"class_name": "AdamW", "config": {"learning_rate": {"class_name": "CosineDecay", "config": {"initial_learning_rate": 0.0, "decay_steps": 100, "alpha": 0.0, "name": "CosineDecay", "warmup_target": 0.1, "warmup_steps": 10}}, "weight_decay": 0.004}}""", "adamw", "cosine" },
        { """{"class_name": "Lion", "config": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.99}}""", "lion", null },
        { """{"class_name": "Ftrl", "config": {"learning_rate": 0.001, "learning_rate_power": -0.5, "initial_accumulator_value": 0.1, "l1_regularization_strength": 0.0, "l2_regularization_strength": 0.0, "l2_shrinkage_regularization_strength": 0.0, "beta": 0.0}}""", "ftrl", null },
    };

    [Theory]
    [MemberData(nameof(Serialized))]
    public void What_Keras_serializes_is_understood(string optimizer, string name, string? schedule)
    {
        JobSpec spec = Spec.Job($$"""{"optimizer": {{optimizer}}}""");
        spec.Optimizer.Descriptor.Name.ShouldBe(name);
        spec.Schedule?.Descriptor.Name.ShouldBe(schedule);
        (spec.Schedule is null).ShouldBe(schedule is null);
        // What is written back is the same job.
        Spec.Job(spec.ToJson()).ToJson().ShouldBe(spec.ToJson());
    }

    [Fact]
    public void The_arguments_of_a_serialized_optimizer_arrive()
    {
        OptimizerSettings settings = ((Optimizer)Spec.Job($$"""{"optimizer": {{Serialized.ElementAt(1)[0]}}}""").Optimizer.Create()).Settings;
        settings.Average.ShouldBe(new MovingAverage(0.95, 7));
        (settings.AccumulationSteps, settings.ClipNorm, settings.WeightDecay).ShouldBe((4, 1.0, 0.01));
    }

    [Theory]
    [InlineData("""{"class_name": "EarlyStopping", "config": {"monitor": "loss", "min_delta": 0.01, "patience": 2, "verbose": 0, "mode": "auto", "baseline": null, "restore_best_weights": true}}""", "early_stopping")]
    [InlineData("""{"module": "keras.callbacks", "class_name": "ReduceLROnPlateau", "config": {"monitor": "loss", "factor": 0.5, "patience": 2, "min_delta": 0.0001, "cooldown": 1, "min_lr": 1e-5}, "registered_name": null}""", "reduce_lr_on_plateau")]
    public void Callbacks_in_Keras_s_form(string callback, string name)
        => Spec.Job($$"""{"callbacks": [{{callback}}]}""").Callbacks.ShouldHaveSingleItem().Descriptor.Name.ShouldBe(name);
}

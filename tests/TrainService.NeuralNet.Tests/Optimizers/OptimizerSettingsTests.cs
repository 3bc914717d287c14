using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Tests.Catalog;

namespace TrainService.NeuralNet.Tests.Optimizers;

public class OptimizerSettingsTests
{
    [Theory]
    [InlineData("sgd", 0.01)]
    [InlineData("adam", 0.001)]
    [InlineData("adamw", 0.001)]
    [InlineData("nadam", 0.001)]
    [InlineData("adamax", 0.001)]
    [InlineData("adagrad", 0.001)]
    [InlineData("adadelta", 0.001)]
    [InlineData("rmsprop", 0.001)]
    [InlineData("lion", 0.001)]
    [InlineData("ftrl", 0.001)]
    public void Rates_default_to_Keras_s(string name, double rate) => Parts.Of<Optimizer>("optimizer", name).LearningRate.ShouldBe(rate);

    [Fact]
    public void All_of_what_every_optimizer_takes_arrives()
        => Parts.Of<Optimizer>("optimizer", """{"type": "nadam", "lr": 0.5, "weight_decay": 0.1, "global_clipnorm": 2}""").Settings
            .ShouldBe(new OptimizerSettings(0.5, GlobalClipNorm: 2, WeightDecay: 0.1) { AccumulationSteps = 1 });

    [Fact]
    public void Only_one_way_of_clipping()
        => Components.Errors("optimizer", """{"type": "sgd", "clipnorm": 1, "clipvalue": 1}""")
            .ShouldHaveSingleItem().Detail.ShouldContain("Only one");

    [Theory]
    [InlineData("""{"type": "sgd", "learning_rate": -1}""", "/learning_rate")]
    [InlineData("""{"type": "sgd", "momentum": 1.5}""", "/momentum")]
    [InlineData("""{"type": "adam", "beta_1": 1}""", "/beta_1")]
    [InlineData("""{"type": "adam", "epsilon": 0}""", "/epsilon")]
    [InlineData("""{"type": "adam", "clipnorm": 0}""", "/clipnorm")]
    public void Numbers_out_of_range_are_refused(string json, string pointer)
        => Components.Errors("optimizer", json).ShouldHaveSingleItem().Pointer.ShouldBe(pointer);

    [Fact]
    public void What_Keras_serializes_is_understood()
    {
        const string json = """
            {"class_name": "Adam", "config": {"name": "adam", "learning_rate": 0.009999999776482582, "weight_decay": null, "clipnorm": null,
             "global_clipnorm": null, "clipvalue": null, "use_ema": false, "ema_momentum": 0.99, "ema_overwrite_frequency": null,
             "loss_scale_factor": null, "gradient_accumulation_steps": null, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07,
             "amsgrad": false}}
            """;
        Parts.Of<Optimizer>("optimizer", json).LearningRate.ShouldBe(0.01, 1e-9);
    }
}

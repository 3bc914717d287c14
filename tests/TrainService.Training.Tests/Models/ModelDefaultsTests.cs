using TrainService.Specification;
using TrainService.Training.Compilation;
using TrainService.Training.Models;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Models;

public class ModelDefaultsTests
{
    [Theory]
    [InlineData("relu", "he_normal")]
    [InlineData("elu", "he_normal")]
    [InlineData("leaky_relu", "he_normal")]
    [InlineData("selu", "lecun_normal")]
    [InlineData("tanh", "glorot_uniform")]
    [InlineData("softmax", "glorot_uniform")]
    public void Start_values_suit_the_activation(string activation, string initializer)
        => Initializers($$"""[{"type": "dense", "units": 4, "activation": "{{activation}}"}]""").ShouldBe([initializer]);

    [Fact]
    public void The_activation_may_be_a_layer_of_its_own_behind_a_normalization()
        => Initializers("""[{"type": "dense", "units": 4}, "batch_normalization", {"type": "activation", "activation": "relu"}, {"type": "dense", "units": 1}]""")
            .ShouldBe(["he_normal", "glorot_uniform"]);

    [Fact]
    public void What_was_given_stays()
        => Initializers("""[{"type": "dense", "units": 4, "activation": "relu", "kernel_initializer": "zeros"}]""").ShouldBe(["zeros"]);

    [Fact]
    public void Between_two_weighted_layers_stands_elu_unless_said_otherwise()
        => Activations("""
            [{"type": "dense", "units": 4}, {"type": "dropout", "rate": 0.1}, {"type": "dense", "units": 4, "activation": "linear"}, {"type": "dense", "units": 4},
             "batch_normalization", {"type": "dense", "units": 1}]
            """).ShouldBe(["elu", "linear", "linear", "linear"]);

    [Fact]
    public void Keras_s_own_form_leaves_nothing_open()
    {
        const string layers = """[{"class_name": "Dense", "config": {"units": 4}}, {"class_name": "Dense", "config": {"units": 4, "activation": "relu"}}]""";

        Activations(layers).ShouldBe(["linear", "relu"]);
        Initializers(layers).ShouldBe(["glorot_uniform", "glorot_uniform"]);
    }

    private static string[] Initializers(string layers) => Of(layers, "kernel_initializer");

    private static string[] Activations(string layers) => Of(layers, "activation");

    private static string[] Of(string layers, string argument)
        => [.. ModelDefaults.Fill(Spec.Model(layers), JobVocabulary.All).Arguments.ValueList("layers").Where(l => l.Descriptor.Name == "dense")
            .Select((ComponentValue l) => l.Arguments.Value(argument).Descriptor.Name)];
}

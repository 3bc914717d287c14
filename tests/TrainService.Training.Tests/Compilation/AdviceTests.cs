using TrainService.Data.Descriptions;
using TrainService.Jobs.Specs;
using TrainService.Specification;
using TrainService.Training.Compilation;
using TrainService.Training.Models;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Compilation;

public class AdviceTests
{
    [Theory]
    [InlineData("""{"type": "dense", "units": 4, "activation": "relu"}""", "/model/layers/0/kernel_initializer initializer_for_activation")]
    [InlineData("""{"type": "dense", "units": 4, "activation": "relu", "kernel_initializer": "he_uniform"}""", "")]
    [InlineData("""{"type": "dense", "units": 4, "activation": "tanh", "kernel_initializer": "zeros"}""", "/model/layers/0/kernel_initializer symmetric_start")]
    [InlineData("""{"type": "dense", "units": 4}, "batch_normalization", {"type": "activation", "activation": "tanh"}""", "/model/layers/0/use_bias bias_before_normalization")]
    [InlineData("""{"type": "dense", "units": 4, "use_bias": false}, "batch_normalization", {"type": "activation", "activation": "tanh"}""", "")]
    [InlineData("""{"type": "dense", "units": 4, "activation": "selu", "kernel_initializer": "lecun_normal"}, {"type": "dropout", "rate": 0.5}""",
        "/model/layers/1 selu_with_dropout|/dataset/preprocess selu_inputs")]
    [InlineData("""{"type": "dense", "units": 4, "activation": "selu", "kernel_initializer": "he_normal"}, {"type": "alpha_dropout", "rate": 0.1}""",
        "/model/layers/0/kernel_initializer initializer_for_activation|/dataset/preprocess selu_inputs")]
    [InlineData("""{"type": "dense", "units": 4, "activation": "selu", "kernel_initializer": "lecun_normal"}, "batch_normalization" """,
        "/model/layers/1 selu_with_normalization|/dataset/preprocess selu_inputs")]
    [InlineData("""{"type": "dense", "units": 4, "activation": "tanh", "kernel_initializer": "random_normal"}""", "/model/layers/0/kernel_initializer initializer_for_activation")]
    [InlineData("""{"type": "dense", "units": 4, "activation": "sigmoid", "kernel_initializer": "he_normal"}""", "/model/layers/0/kernel_initializer initializer_for_activation")]
    [InlineData("""{"type": "dense", "units": 4, "activation": "softmax"}""", "/model/layers/0/activation softmax_inside")]
    [InlineData("""{"type": "dense", "units": 4, "activation": "linear"}""", "/model/layers/0/activation linear_stack")]
    [InlineData("""{"type": "dense", "units": 4, "activation": "tanh"}, {"type": "dropout", "rate": 0.9}""", "/model/layers/1/rate much_dropout")]
    public void It_names_the_place_and_the_remedy(string layers, string expected)
    {
        IReadOnlyList<SpecWarning> warnings = Give($$"""[{{layers}}, {"type": "dense", "units": 3, "activation": "softmax"}]""");

        string.Join('|', warnings.Select(w => $"{w.Pointer} {w.Code}")).ShouldBe(expected);
        warnings.ShouldAllBe(w => w.Remedy.Length > 0);
    }

    [Fact]
    public void Deep_networks_of_saturating_activations_are_warned_of()
    {
        string layers = string.Join(", ", Enumerable.Repeat("""{"type": "dense", "units": 4, "activation": "sigmoid"}""", 6));

        Give($"[{layers}]").ShouldHaveSingleItem().Code.ShouldBe("vanishing_gradients");
        Give($"[{layers}, \"batch_normalization\"]").ShouldBeEmpty();
    }

    [Fact]
    public void Dropout_behind_the_last_layer_is_warned_of()
        => Give("""[{"type": "dense", "units": 3, "activation": "softmax"}, {"type": "dropout", "rate": 0.2}]""").ShouldHaveSingleItem().Code.ShouldBe("dropout_on_output");

    [Fact]
    public void Very_deep_plain_stacks_want_normalization()
    {
        string layers = string.Join(", ", Enumerable.Repeat("""{"type": "dense", "units": 4, "activation": "elu", "kernel_initializer": "he_normal"}""", 10));
        Give($"[{layers}]").ShouldHaveSingleItem().Code.ShouldBe("deep_without_normalization");
        Give($"[{layers}]", optimizer: "adagrad").Select(w => w.Code).ShouldBe(["deep_without_normalization", "adagrad_on_deep"]);
    }

    // The same rules hold in a graph, whatever the order of its layers; and there SELU may meet a skip connection.
    [Fact]
    public void Graphs_are_advised_too()
    {
        JobSpec spec = Spec.Job("""
            {"model": {"type": "functional", "outputs": ["out"], "layers": [{"type": "input", "name": "in", "shape": [4]},
              {"type": "dense", "name": "out", "units": 3, "activation": "softmax", "inputs": ["sum"]},
              {"type": "dense", "name": "a", "units": 4, "kernel_initializer": "he_normal", "inputs": ["in"]}, {"type": "activation", "name": "s", "activation": "selu", "inputs": ["a"]},
              {"type": "dense", "name": "b", "units": 4, "activation": "relu", "inputs": ["s"]}, {"type": "add", "name": "sum", "inputs": ["s", "b"]}]}}
            """);
        var warnings = new List<SpecWarning>();
        new Advice(spec, (ModelDefinition)spec.Model.Create(), Some.Described(), warnings).Give();
        warnings.Select(w => $"{w.Pointer} {w.Code}").Order().ShouldBe(
        [
            "/dataset/preprocess selu_inputs", "/model/layers/2/kernel_initializer initializer_for_activation", "/model/layers/4/kernel_initializer initializer_for_activation",
            "/model/layers/5 selu_with_skip",
        ]);
    }

    [Fact]
    public void Selu_outside_dense_layers_is_warned_of()
        => Give("""[{"type": "reshape", "target_shape": [2, 2, 1]}, {"type": "conv2d", "filters": 2, "kernel_size": 2, "activation": "selu", "kernel_initializer": "lecun_normal"}, "flatten", {"type": "dense", "units": 3, "activation": "softmax"}]""")
            .Select(w => w.Code).ShouldBe(["selu_not_dense", "selu_inputs"]);

    [Fact]
    public void Large_inputs_want_scaling()
        => Give("""[{"type": "dense", "units": 3, "activation": "softmax"}]""", inputs: new ValueStatistics(0, 5000, 10, 100)).ShouldHaveSingleItem().Code.ShouldBe("inputs_not_scaled");

    private static List<SpecWarning> Give(string layers, ValueStatistics? inputs = null, string optimizer = "adam")
    {
        JobSpec spec = Spec.Job($$"""{"optimizer": "{{optimizer}}", "model": {"type": "sequential", "layers": {{layers}} } }""");
        var warnings = new List<SpecWarning>();
        new Advice(spec, (ModelDefinition)spec.Model.Create(), Some.Described(inputs: inputs), warnings).Give();
        return warnings;
    }
}

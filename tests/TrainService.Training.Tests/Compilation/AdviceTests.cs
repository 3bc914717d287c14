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
    public void Large_inputs_want_scaling()
        => Give("""[{"type": "dense", "units": 3, "activation": "softmax"}]""", inputs: new ValueStatistics(0, 5000, 10, 100)).ShouldHaveSingleItem().Code.ShouldBe("inputs_not_scaled");

    private static List<SpecWarning> Give(string layers, ValueStatistics? inputs = null)
    {
        JobSpec spec = Spec.Job($$"""{"model": {"type": "sequential", "layers": {{layers}} } }""");
        var warnings = new List<SpecWarning>();
        new Advice(spec, (ModelDefinition)spec.Model.Create(), Some.Described(inputs: inputs), warnings).Give();
        return warnings;
    }
}

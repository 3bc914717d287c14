using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Compilation;
using TrainService.Training.Models;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Models;

public class FunctionalModelTests
{
    private const string Input = """{"type": "input", "name": "in", "shape": [4]}""";

    [Fact]
    public void Layers_stand_in_any_order()
    {
        Network network = Build($$"""
            [{"type": "dense", "units": 3, "name": "out", "inputs": ["sum"]},
             {"type": "add", "name": "sum", "inputs": ["a", "in"]},
             {{Input}},
             {"type": "dense", "units": 4, "name": "a", "inputs": ["in"]}]
            """).Network!;

        network.Layers.Select(l => l.Name).ShouldBe(["a", "sum", "out"]);
        network.Layers[1].Inputs.ShouldBe([0, -1]);
        network.InputShape.Axes.ShouldBe([4]);
        network.OutputShape.Axes.ShouldBe([3]);
    }

    [Fact]
    public void Layers_that_stand_in_order_keep_it()
        => Build($$"""
            [{{Input}}, {"type": "dense", "units": 4, "name": "b", "inputs": ["in"]}, {"type": "dense", "units": 4, "name": "a", "inputs": "in"},
             {"type": "add", "name": "out", "inputs": ["a", "b"]}]
            """).Network!.Layers.Select(l => l.Name).ShouldBe(["b", "a", "out"]);

    [Theory]
    [InlineData("""{"type": "dense", "units": 3, "name": "out", "inputs": ["inn"]}""", "/model/layers/1/inputs/0", "unknown_layer")]
    [InlineData("""{"type": "dense", "units": 3, "name": "out"}""", "/model/layers/1/inputs", "required")]
    [InlineData("""{"type": "dense", "units": 3, "name": "out", "inputs": ["out"]}""", "/model/layers/1/inputs/0", "cycle")]
    [InlineData("""{"type": "add", "name": "out", "inputs": ["in", "b"]}, {"type": "dense", "units": 4, "name": "b", "inputs": ["out"]}""", "/model/layers/2/inputs/0", "cycle")]
    [InlineData("""{"type": "dense", "units": 3, "name": "out", "inputs": ["in"]}, {"type": "dense", "units": 3, "name": "idle", "inputs": ["in"]}""", "/model/layers/2", "unused_layer")]
    [InlineData("""{"type": "dense", "units": 3, "name": "out", "inputs": ["in", "in"]}""", "/model/layers/1", "impossible_shape")]
    [InlineData("""{"type": "add", "name": "out", "inputs": ["in"]}""", "/model/layers/1", "impossible_shape")]
    [InlineData("""{"type": "dense", "units": 3, "name": "in", "inputs": ["in"]}, {"type": "dense", "units": 3, "name": "out", "inputs": ["in"]}""", "/model/layers/1/name", "duplicate_name")]
    [InlineData("""{"type": "dense", "units": 3, "name": "out", "inputs": ["in"], "input_shape": [4]}""", "/model/layers/1/input_shape", "conflict")]
    public void What_cannot_be_is_an_error_at_its_place(string layers, string pointer, string code)
    {
        SpecError error = Build($"[{Input}, {layers}]").Errors.ShouldHaveSingleItem();

        (error.Pointer, error.Code).ShouldBe((pointer, code));
    }

    [Theory]
    [InlineData("""["out", "in"]""", "/model/outputs/1", "conflict")]
    [InlineData("""["out", "out"]""", "/model/outputs/1", "conflict")]
    [InlineData("""["nowhere"]""", "/model/outputs/0", "unknown_layer")]
    [InlineData("""["in"]""", "/model/outputs/0", "conflict")]
    public void Outputs_too(string outputs, string pointer, string code)
        => Build($$"""[{{Input}}, {"type": "dense", "units": 3, "name": "out", "inputs": ["in"]}]""", outputs).Errors
            .ShouldContain(e => e.Pointer == pointer && e.Code == code);

    [Fact]
    public void A_model_without_an_input_is_refused()
        => Build("""[{"type": "dense", "units": 3, "name": "a", "inputs": ["out"]}, {"type": "dense", "units": 3, "name": "out", "inputs": ["a"]}]""").Errors
            .ShouldContain(e => e.Pointer == "/model/layers" && e.Code == "required");

    [Fact]
    public void A_long_chain_is_sorted_without_recursion()
    {
        string layers = string.Join(", ", Enumerable.Range(0, 3000).Select(i => $$"""{"type": "rescaling", "scale": 1, "name": "n{{i}}", "inputs": ["{{(i == 2999 ? "in" : $"n{i + 1}")}}"]}"""));
        Build($"[{Input}, {layers}]", """["n0"]""").Network!.Layers.Count.ShouldBe(3000);
    }

    [Fact]
    public void Start_values_suit_the_activation_behind_the_layer()
    {
        ComponentValue filled = ModelDefaults.Fill(Model($$"""
            [{{Input}}, {"type": "dense", "units": 4, "name": "a", "inputs": ["in"]}, {"type": "batch_normalization", "name": "n", "inputs": ["a"]},
             {"type": "relu", "name": "r", "inputs": ["n"]}, {"type": "add", "name": "s", "inputs": ["r", "in"]}, {"type": "dense", "units": 3, "name": "out", "inputs": ["s"]}]
            """), JobVocabulary.All);
        ComponentValue[] layers = [.. filled.Arguments.ValueList("layers")];
        layers[1].Arguments.Value("kernel_initializer").Descriptor.Name.ShouldBe("he_normal");
        layers[1].Arguments.Value("activation").Descriptor.Name.ShouldBe("linear");
        layers[5].Arguments.Value("kernel_initializer").Descriptor.Name.ShouldBe("glorot_uniform");
    }

    private static ComponentValue Model(string layers, string outputs = """["out"]""")
        => Spec.Component("model", $$"""{"type": "functional", "layers": {{layers}}, "outputs": {{outputs}}}""");

    private static (Network? Network, IReadOnlyList<SpecError> Errors) Build(string layers, string outputs = """["out"]""")
    {
        var errors = new SpecErrors();
        Network? network = NetworkBuilder.Build((ModelDefinition)Model(layers, outputs).Create(), null, errors);
        return (network, errors.All);
    }
}

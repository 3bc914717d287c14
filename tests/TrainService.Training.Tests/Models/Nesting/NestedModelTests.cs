using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Models;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Models.Nesting;

/// <summary>Models among the layers of a model, in our own form.</summary>
public class NestedModelTests
{
    [Fact]
    public void A_stack_of_stacks_takes_the_dataset_s_shape()
    {
        ComponentValue model = Spec.Component("model", """
            {"type": "sequential", "layers": [
              {"type": "sequential", "name": "encoder", "layers": [{"type": "dense", "units": 8}, {"type": "dense", "units": 2}]},
              {"type": "sequential", "name": "decoder", "layers": [{"type": "dense", "units": 8}, {"type": "dense", "units": 4}]}]}
            """);

        model.Descriptor.Name.ShouldBe("sequential");
        Build(model, [4]).Layers.Select(l => l.Name).ShouldBe(["dense", "dense_1", "decoder.dense", "decoder.dense_1"]);
    }

    [Fact]
    public void An_architecture_as_the_first_layer()
    {
        ComponentValue model = Spec.Component("model", """
            {"type": "sequential", "layers": [
              {"architecture": "mobilenet_v2", "alpha": 0.35, "include_top": false, "input_shape": [32, 32, 3], "trainable": false, "name": "base"},
              "global_average_pooling2d", {"type": "dense", "units": 3, "activation": "softmax"}]}
            """);

        Network network = Build(model, null);
        network.TrainableParameterCount.ShouldBe((1280 * 3) + 3);
        network.OutputShape.Axes.ShouldBe([3]);
        ((ModelDefinition)model.Create()).Nodes[^1].Pointer.ShouldBe("/model/layers/2");
    }

    [Fact]
    public void A_model_in_a_graph_called_twice()
    {
        ComponentValue model = Spec.Component("model", """
            {"type": "functional", "layers": [
              {"type": "input", "name": "in", "shape": [4]},
              {"type": "rescaling", "scale": -1, "name": "mirror", "inputs": ["in"]},
              {"type": "sequential", "name": "encoder", "inputs": ["in"], "layers": [{"type": "dense", "units": 3, "name": "e"}, "batch_normalization"]},
              {"type": "shared", "layer": "encoder", "name": "again", "inputs": ["mirror"]},
              {"type": "subtract", "name": "d", "inputs": ["encoder", "again"]}], "outputs": ["d"]}
            """);

        Build(model, null).Layers.Select(l => (l.Name, l.Owner, l.ParameterCount)).ShouldBe(
        [
            ("mirror", "mirror", 0), ("e", "e", 15), ("batch_normalization", "batch_normalization", 12), ("e.2", "e", 0),
            ("batch_normalization.2", "batch_normalization", 0), ("d", "d", 0),
        ]);
    }

    [Fact]
    public void A_layer_called_again()
        => Build(Spec.Component("model", """
            {"type": "functional", "layers": [
              {"type": "input", "name": "in", "shape": [4]}, {"type": "dense", "units": 4, "name": "a", "inputs": ["in"]},
              {"type": "shared", "layer": "a", "name": "b", "inputs": ["a"]}], "outputs": ["b"]}
            """), null).ParameterCount.ShouldBe(20);

    [Theory]
    [InlineData("""{"type": "shared", "layer": "nobody", "name": "b", "inputs": ["a"]}""", "/model/layers/2/layer", "unknown_layer")]
    [InlineData("""{"type": "shared", "layer": "in", "name": "b", "inputs": ["a"]}""", "/model/layers/2/layer", "conflict")]
    [InlineData("""{"type": "shared", "layer": "b", "name": "b", "inputs": ["a"]}""", "/model/layers/2/layer", "conflict")]
    public void What_cannot_be_called_again(string shared, string pointer, string code)
    {
        var errors = new SpecErrors();
        ComponentValue model = Spec.Component("model", $$"""
            {"type": "functional", "layers": [{"type": "input", "name": "in", "shape": [4]}, {"type": "dense", "units": 4, "name": "a", "inputs": ["in"]}, {{shared}}], "outputs": ["b"]}
            """);
        NetworkBuilder.Build((ModelDefinition)model.Create(), null, errors);
        errors.All.ShouldContain(e => e.Pointer == pointer && e.Code == code);
    }

    [Theory]
    [InlineData("""{"type": "sequential", "layers": [{"type": "dense", "units": 0}]}""", "/model/layers/0/layers/0/units")]
    [InlineData("""{"type": "sequential", "layers": [{"type": "sequential", "layers": [{"type": "dens", "units": 1}]}]}""", "/model/layers/0/layers/0/layers/0/type")]
    [InlineData("""{"type": "sequential", "layers": [{"type": "dense", "units": 1}], "colour": 1}""", "/model/layers/0/colour")]
    [InlineData("""{"from_checkpoint": "ckpt_1"}""", "/model/layers/0")]
    public void Errors_in_models_within_models_have_their_place(string inner, string pointer)
    {
        (ComponentValue? value, IReadOnlyList<SpecError> errors) = Spec.TryComponent("model", $$"""{"type": "sequential", "layers": [{{inner}}, {"type": "dense", "units": 1}]}""");

        value.ShouldBeNull();
        errors.ShouldContain(e => e.Pointer == pointer);
    }

    private static Network Build(ComponentValue model, int[]? shape)
    {
        var errors = new SpecErrors();
        Network? network = NetworkBuilder.Build((ModelDefinition)model.Create(), shape, errors);
        errors.All.ShouldBeEmpty();
        return network!;
    }
}

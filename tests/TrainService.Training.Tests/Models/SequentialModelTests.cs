using TrainService.Specification;
using TrainService.Training.Models;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Models;

public class SequentialModelTests
{
    [Fact]
    public void Layers_without_a_name_are_named_after_their_type_and_number()
        => Spec.Definition("""[{"type": "dense", "units": 1}, {"type": "dense", "units": 1, "name": "dense_1"}, {"type": "dense", "units": 1}, "flatten"]""")
            .Nodes.Select(n => n.Node.Name).ShouldBe(["dense", "dense_1", "dense_2", "flatten"]);

    [Theory]
    [InlineData("""[{"type": "flatten", "input_shape": [28, 28]}, {"type": "dense", "units": 1}]""")]
    [InlineData("""[{"type": "input", "shape": [28, 28]}, "flatten"]""")]
    [InlineData("""[{"class_name": "InputLayer", "config": {"batch_shape": [null, 28, 28], "dtype": "float32", "sparse": false, "name": "in"}}, "flatten"]""")]
    public void The_input_s_shape_may_be_said_in_three_ways(string layers) => Spec.Definition(layers).InputShape.ShouldBe([28, 28]);

    [Fact]
    public void An_input_layer_computes_nothing_but_keeps_the_others_places()
    {
        ModelDefinition model = Spec.Definition("""[{"type": "input", "shape": [4]}, {"type": "dense", "units": 2}]""");

        model.Nodes.ShouldHaveSingleItem().Pointer.ShouldBe("/model/layers/1");
    }

    [Fact]
    public void A_frozen_layer_is_not_trainable()
        => Spec.Definition("""[{"type": "dense", "units": 1, "trainable": false}]""").Nodes[0].Node.Trainable.ShouldBeFalse();

    [Theory]
    [InlineData("""[{"type": "input", "shape": [4]}]""")]
    [InlineData("""[{"type": "dense", "units": 1}, {"type": "flatten", "input_shape": [4]}]""")]
    [InlineData("""[{"type": "input", "shape": [4]}, {"type": "dense", "units": 1, "input_shape": [5]}]""")]
    [InlineData("[]")]
    [InlineData("""[{"type": "input", "shape": [4], "batch_shape": [null, 4]}, "flatten"]""")]
    [InlineData("""[{"type": "input", "batch_shape": [8, 4]}, "flatten"]""")]
    [InlineData("""[{"type": "input", "batch_shape": [null, "4"]}, "flatten"]""")]
    public void What_contradicts_itself_is_an_error(string layers)
    {
        (ComponentValue? value, IReadOnlyList<SpecError> errors) = Spec.TryComponent("model", $$"""{"type": "sequential", "layers": {{layers}}}""");

        value.ShouldBeNull();
        errors.ShouldHaveSingleItem().Pointer.ShouldStartWith("/model/layers");
    }
}

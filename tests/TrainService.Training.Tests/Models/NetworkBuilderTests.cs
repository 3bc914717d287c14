using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Models;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Models;

public class NetworkBuilderTests
{
    [Fact]
    public void The_dataset_s_shape_is_taken_when_the_model_says_none()
        => Build("""["flatten", {"type": "dense", "units": 2}]""", [5, 5]).Network!.ParameterCount.ShouldBe(52);

    [Fact]
    public void Axes_of_one_may_come_and_go()
        => Build("""[{"type": "flatten", "input_shape": [5, 5, 1]}]""", [5, 5]).Network!.InputShape.Axes.ShouldBe([5, 5, 1]);

    [Theory]
    [InlineData("""[{"type": "flatten", "input_shape": [5, 4]}]""", "/model/layers/0/input_shape", "conflict")]
    [InlineData("""[{"type": "flatten", "name": "a"}, {"type": "dense", "units": 2, "name": "a"}]""", "/model/layers/1/name", "duplicate_name")]
    [InlineData("""[{"type": "conv2d", "filters": 2, "kernel_size": 3}]""", "/model/layers/0", "impossible_shape")]
    [InlineData("""[{"type": "flatten", "name": "a/b"}]""", "/model/layers/0/name", "out_of_range")]
    [InlineData("""[{"type": "flatten", "name": ""}]""", "/model/layers/0/name", "out_of_range")]
    public void What_cannot_be_is_an_error_at_its_layer(string layers, string pointer, string code)
    {
        SpecError error = Build(layers, [5, 5]).Errors.ShouldHaveSingleItem();

        (error.Pointer, error.Code).ShouldBe((pointer, code));
    }

    [Fact]
    public void Without_a_shape_there_is_no_network_and_no_error()
    {
        (Network? network, IReadOnlyList<SpecError> errors) = Build("""["flatten"]""", null);

        network.ShouldBeNull();
        errors.ShouldBeEmpty();
    }

    private static (Network? Network, IReadOnlyList<SpecError> Errors) Build(string layers, int[]? shape)
    {
        var errors = new SpecErrors();
        return (NetworkBuilder.Build(Spec.Definition(layers), shape, errors), errors.All);
    }
}

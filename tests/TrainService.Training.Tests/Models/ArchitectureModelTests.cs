using System.Text.Json.Nodes;
using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Specification.Writing;
using TrainService.Training.Models;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Models;

public class ArchitectureModelTests
{
    private const string Small = """{"architecture": "resnet50", "classes": 10, "input_shape": [64, 64, 3]}""";

    [Theory]
    [InlineData(Small)]
    [InlineData("""{"architecture": "ResNet50", "classes": 10, "input_shape": [64, 64, 3]}""")]
    public void A_network_is_asked_for_by_its_name(string model)
    {
        (Network? network, IReadOnlyList<SpecError> errors) = Build(Spec.Component("model", model), [64, 64, 3]);

        errors.ShouldBeEmpty();
        network!.OutputShape.Axes.ShouldBe([10]);
        network.ParameterCount.ShouldBe(25_636_712 - (2049 * 990));
    }

    [Fact]
    public void What_is_written_back_reads_as_the_same_network()
    {
        ComponentValue model = Spec.Component("model", Small);
        JsonObject written = SpecWriter.Write(model);

        ComponentValue again = Spec.Component("model", written.ToJsonString());

        SpecWriter.Write(again).ToJsonString().ShouldBe(written.ToJsonString());
        Build(again, [64, 64, 3]).Network!.ParameterCount.ShouldBe(Build(model, [64, 64, 3]).Network!.ParameterCount);
    }

    [Theory]
    [InlineData("""{"architecture": "resnet5"}""", "/model/architecture", "unknown_name")]
    [InlineData("""{"architecture": 50}""", "/model/architecture", "wrong_type")]
    [InlineData("""{"architecture": "resnet50", "input_shape": [16, 64, 3]}""", "/model/input_shape", "conflict")]
    [InlineData("""{"architecture": "resnet50", "classes": 0}""", "/model/classes", "out_of_range")]
    [InlineData("""{"architecture": "resnet50", "layers": []}""", "/model/layers", "unknown_key")]
    public void What_cannot_be_is_an_error_at_its_place(string model, string pointer, string code)
    {
        SpecError error = Spec.TryComponent("model", model).Errors.ShouldHaveSingleItem();

        (error.Pointer, error.Code).ShouldBe((pointer, code));
    }

    [Fact]
    public void A_dataset_of_other_images_does_not_fit()
    {
        SpecError error = Build(Spec.Component("model", Small), [28, 28]).Errors.ShouldHaveSingleItem();

        (error.Pointer, error.Code).ShouldBe(("/model/input_shape", "conflict"));
    }

    private static (Network? Network, IReadOnlyList<SpecError> Errors) Build(ComponentValue model, int[] data)
    {
        var errors = new SpecErrors();
        return (NetworkBuilder.Build((ModelDefinition)model.Create(), data, errors), errors.All);
    }
}

using TrainService.Api.Endpoints;
using TrainService.Contracts.Architectures;

namespace TrainService.Api.Tests.Endpoints;

public class ArchitectureTests
{
    [Fact]
    public void The_list_has_each_network_with_the_parameters_that_Keras_counts()
    {
        Dictionary<string, ArchitectureResource> known = ArchitectureEndpoints.List().Value!.Architectures.ToDictionary(a => a.Name);

        known["resnet50"].Parameters.ShouldBe(25_636_712);
        known["mobilenet_v2"].Parameters.ShouldBe(3_538_984);
        (known["resnet50"].Depth, known["vgg16"].Depth, known["densenet121"].Depth, known["mobilenet"].Depth).ShouldBe((50, 16, 121, 28));
        known["vgg19"].Bytes.ShouldBe(4 * 143_667_240L);
        known.Values.ShouldAllBe(a => a.Input.Count == 3 && a.Paper.Length > 20);
    }
}

using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors;
using TrainService.Training.Kinds;
using TrainService.Training.Kinds.Autoencoders;
using TrainService.Training.Models;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Kinds.Autoencoders;

public class MirrorTests
{
    [Theory]
    [InlineData("[28, 28]", """["flatten", {"type": "dense", "units": 30, "activation": "relu"}, {"type": "dense", "units": 5}]""", "dense 30 relu, dense 784 sigmoid, reshape")]
    [InlineData("[9]", """[{"type": "dense", "units": 6, "activation": "tanh"}, {"type": "dropout", "rate": 0.3}, {"type": "dense", "units": 2, "activation": "elu"}]""", "dense 6 tanh, dense 9 sigmoid")]
    [InlineData("[8, 8, 3]", """[{"type": "conv2d", "filters": 4, "kernel_size": 3, "padding": "same", "activation": "relu"}, "max_pooling2d", {"type": "conv2d", "filters": 6, "kernel_size": 3, "padding": "same"}]""",
        "conv2d_transpose 4 relu, up_sampling2d, conv2d_transpose 3 sigmoid")]
    [InlineData("[7, 9, 1]", """[{"type": "conv2d", "filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu"}, "flatten", {"type": "dense", "units": 5}]""",
        "dense 80 relu, reshape, conv2d_transpose 1 sigmoid, cropping2d")]
    [InlineData("[10, 10, 1]", """[{"type": "conv2d", "filters": 2, "kernel_size": 3, "strides": 2}, {"type": "max_pooling2d", "pool_size": 3}]""",
        "up_sampling2d, zero_padding2d, conv2d_transpose 1 sigmoid, zero_padding2d")]
    [InlineData("[9, 4]", """[{"type": "conv1d", "filters": 3, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu"}, {"type": "average_pooling1d", "pool_size": 2}]""",
        "up_sampling1d, zero_padding1d, up_sampling1d, conv1d 4 sigmoid, cropping1d")]
    [InlineData("[6, 6, 2]", """[{"type": "conv2d", "filters": 5, "kernel_size": 3}, "global_average_pooling2d"]""", "reshape, up_sampling2d, conv2d_transpose 2 sigmoid")]
    [InlineData("[4, 4, 2]", """[{"type": "conv2d_transpose", "filters": 3, "kernel_size": 2, "strides": 2}, {"type": "zero_padding2d", "padding": 1}, {"type": "up_sampling2d", "size": 2}]""",
        "average_pooling2d, cropping2d, conv2d 2 sigmoid")]
    public void What_comes_out_has_the_shape_of_what_went_in(string shape, string layers, string expected)
    {
        (IReadOnlyList<ComponentValue>? mirrored, Network encoder, IReadOnlyList<SpecError> errors) = Mirrored(shape, layers);

        errors.ShouldBeEmpty();
        string.Join(", ", mirrored!.Select(Show)).ShouldBe(expected);
        var decoder = (ModelDefinition)Made.Sequential([.. mirrored!]).Create();
        Network.Build([.. decoder.Nodes.Select(n => n.Node)], encoder.OutputShape).OutputShape.ShouldBe(encoder.InputShape);
    }

    [Fact]
    public void Normalization_and_activations_follow_the_counterpart_that_gives_their_numbers()
    {
        (IReadOnlyList<ComponentValue>? mirrored, _, _) = Mirrored("[9]", """
            [{"type": "dense", "units": 6}, "batch_normalization", {"type": "activation", "activation": "relu"}, {"type": "dense", "units": 3}, "batch_normalization", "elu"]
            """);

        string.Join(", ", mirrored!.Select(Show)).ShouldBe("dense 6 linear, batch_normalization, activation relu, dense 9 sigmoid");
    }

    [Fact]
    public void A_layer_without_a_counterpart_is_named_at_its_place()
    {
        SpecError error = Mirrored("[8, 8, 1]", """[{"type": "separable_conv2d", "filters": 4, "kernel_size": 3}, {"type": "conv2d", "filters": 2, "kernel_size": 3}]""").Errors.ShouldHaveSingleItem();

        (error.Pointer, error.Code).ShouldBe(("/model/layers/0", "conflict"));
        error.Detail.ShouldContain("'separable_conv2d'");
        error.Detail.ShouldContain("decoder");
    }

    private static (IReadOnlyList<ComponentValue>? Mirrored, Network Encoder, IReadOnlyList<SpecError> Errors) Mirrored(string shape, string layers)
    {
        ModelDefinition definition = Spec.Definition(layers);
        Network network = Network.Build([.. definition.Nodes.Select(n => n.Node)], new Shape([.. shape.Trim('[', ']').Split(',').Select(int.Parse)]));
        var errors = new SpecErrors();
        return (new Mirror(errors).Of(definition.Nodes, network.Layers, Made.Activation("sigmoid")), network, errors.All);
    }

    private static string Show(ComponentValue layer)
    {
        string size = layer.Arguments.Has("units") ? $" {layer.Arguments.Long("units")}" : layer.Arguments.Has("filters") ? $" {layer.Arguments.Long("filters")}" : "";
        return layer.Descriptor.Name + size + (layer.Arguments.OptionalValue("activation") is { } activation ? $" {activation.Descriptor.Name}" : "");
    }
}

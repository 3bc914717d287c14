using TrainService.Training.Models;

namespace TrainService.Training.Tests.Models;

public class LayerSelectionTests
{
    private static readonly string[] Layers = ["conv_1", "conv_2", "a..b", "norm", "head"];

    [Theory]
    [InlineData("norm", "norm")]
    [InlineData("conv_?", "conv_1 conv_2")]
    [InlineData("*", "conv_1 conv_2 a..b norm head")]
    [InlineData("all", "conv_1 conv_2 a..b norm head")]
    [InlineData("*n*r*", "norm")]
    [InlineData("conv_2..norm", "conv_2 a..b norm")]
    [InlineData("..conv_2", "conv_1 conv_2")]
    [InlineData("norm..", "norm head")]
    [InlineData("..", "conv_1 conv_2 a..b norm head")]
    [InlineData("head..head", "head")]
    [InlineData("a..b", "a..b")]
    [InlineData("norm..conv_1", "")]
    [InlineData("Norm", "")]
    [InlineData("", "")]
    [InlineData("conv_1..none", "")]
    public void Names_patterns_and_ranges_find_layers(string asked, string found) => new LayerSelection(Layers, []).Of(asked).ShouldBe(found.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void A_layer_named_all_is_that_layer() => new LayerSelection(["all", "other"], []).Of("all").ShouldBe(["all"]);

    [Fact]
    public void Freezing_all_of_a_model_that_reuses_layers_leaves_the_new_ones()
    {
        var reusing = new LayerSelection(Layers, ["conv_1", "conv_2"]);
        reusing.ToFreeze("*").ShouldBe(["conv_1", "conv_2"]);
        reusing.ToFreeze("all").ShouldBe(["conv_1", "conv_2"]);
        reusing.ToFreeze("h*").ShouldBe(["head"]);
        new LayerSelection(Layers, []).ToFreeze("*").ShouldBe(Layers);
    }
}

using TrainService.NeuralNet.Optimizers;

namespace TrainService.NeuralNet.Tests.Optimizers;

/// <summary>Which variables decay: Keras's exclude_from_weight_decay(var_names) looks for the words in a variable's name.</summary>
public class WeightDecayTests
{
    [Theory]
    [InlineData("[]", "bias", true)]
    [InlineData("[\"bias\"]", "bias", false)]
    [InlineData("[\"bias\"]", "kernel", true)]
    [InlineData("[\"ernel\", \"gamma\"]", "depthwise_kernel", false)]
    [InlineData("[\"one\"]", "kernel", true)]
    [InlineData("[\"one/kernel\"]", "kernel", false)]
    [InlineData("[\"one/\"]", "bias", false)]
    [InlineData("[\"two/\"]", "bias", true)]
    public void A_word_in_the_name_excludes_a_variable(string words, string variable, bool decays)
        => Parts.Of<Optimizer>("optimizer", $$"""{"type": "adamw", "exclude_from_weight_decay": {{words}} }""").Settings.Decays("one", variable).ShouldBe(decays);
}

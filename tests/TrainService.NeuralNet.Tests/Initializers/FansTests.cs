using TrainService.NeuralNet.Initializers;

namespace TrainService.NeuralNet.Tests.Initializers;

public class FansTests
{
    [Theory]
    [InlineData(new int[0], 1, 1)]
    [InlineData(new[] { 7 }, 7, 7)]
    [InlineData(new[] { 300, 200 }, 300, 200)]
    [InlineData(new[] { 5, 8, 16 }, 40, 80)]
    [InlineData(new[] { 3, 3, 64, 96 }, 576, 864)]
    [InlineData(new[] { 0, 4 }, 1, 4)]
    public void Fans_are_counted_as_Keras_counts(int[] shape, double fanIn, double fanOut)
        => Fans.Of(shape).ShouldBe(new Fans(fanIn, fanOut));
}

using TrainService.NeuralNet.Optimizers;

namespace TrainService.NeuralNet.Tests.Optimizers;

public class ClippingTests
{
    [Fact]
    public void The_course_s_example_keeps_its_direction_under_clipnorm()
    {
        float factor = Clipping.NormFactor(Math.Sqrt((0.9 * 0.9) + (100.0 * 100)), 1);
        (0.9f * factor).ShouldBe(0.00899964f, 1e-8f);
        (100f * factor).ShouldBe(0.9999595f, 1e-7f);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(0.5)]
    public void Norms_within_the_limit_are_left_as_they_are(double norm)
    {
        Clipping.NormFactor(norm, 0.5).ShouldBe(1f);
        Clipping.GlobalNormFactor(norm, 0.5).ShouldBe(1f);
    }

    [Fact]
    public void Larger_ones_come_down_to_it()
    {
        Clipping.NormFactor(8, 0.5).ShouldBe(0.0625f);
        Clipping.GlobalNormFactor(8, 0.5).ShouldBe(0.0625f);
    }

    [Fact]
    public void An_exploded_norm_is_not_hidden()
    {
        float.IsNaN(Clipping.NormFactor(double.NaN, 1)).ShouldBeTrue();
        float.IsNaN(Clipping.GlobalNormFactor(double.NaN, 1)).ShouldBeTrue();
        float.IsNaN(Clipping.GlobalNormFactor(double.PositiveInfinity, 1)).ShouldBeTrue();
    }
}

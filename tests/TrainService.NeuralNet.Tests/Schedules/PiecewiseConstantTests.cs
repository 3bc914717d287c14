using TrainService.NeuralNet.Tests.Catalog;
using TrainService.Specification;

namespace TrainService.NeuralNet.Tests.Schedules;

public class PiecewiseConstantTests
{
    // As in Keras: at the boundary itself the old value still holds.
    [Fact]
    public void Changes_after_each_boundary()
        => Curves.Rates("""{"type": "piecewise_constant", "boundaries": [5, 15], "values": [0.5, 0.25, 0.125]}""", 0, 5, 6, 15, 16, 1_000_000)
            .ShouldBe([0.5, 0.5, 0.25, 0.25, 0.125, 0.125]);

    // Epochs of ten steps: epoch 5 is steps 50 to 59.
    [Fact]
    public void Boundaries_may_be_epochs()
        => Curves.Rates("""{"type": "piecewise_constant", "boundaries": [5], "values": [0.5, 0.25], "unit": "epoch"}""", 59, 60).ShouldBe([0.5, 0.25]);

    [Theory]
    [InlineData("""{"type": "piecewise_constant", "boundaries": [5], "values": [0.5, 0.25, 0.1]}""", "/values", "conflict")]
    [InlineData("""{"type": "piecewise_constant", "boundaries": [5, 5], "values": [0.5, 0.25, 0.1]}""", "/boundaries", "conflict")]
    [InlineData("""{"type": "piecewise_constant", "boundaries": [], "values": [0.5, 0.1]}""", "/boundaries", "out_of_range")]
    [InlineData("""{"type": "piecewise_constant", "boundaries": [5], "values": [0.5, -1]}""", "/values/1", "out_of_range")]
    public void Lists_that_do_not_fit_are_errors_at_their_place(string json, string pointer, string code)
    {
        SpecError error = Components.Errors("schedule", json).ShouldHaveSingleItem();
        (error.Pointer, error.Code).ShouldBe((pointer, code));
    }
}

using System.Text.Json.Nodes;
using TrainService.NeuralNet.Catalog;
using TrainService.NeuralNet.Schedules;
using TrainService.NeuralNet.Tests.Catalog;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Specification.Writing;

namespace TrainService.NeuralNet.Tests.Schedules;

public class InterpolatedTests
{
    private const string Three = """{"type": "custom", "points": [[10, 0.1], [20, 0.5], [60, 0]]}""";

    // Between (10, 0.1) and (20, 0.5) at 15: 0.3; between (20, 0.5) and (60, 0) at 30: 0.5 * 3/4.
    [Fact]
    public void Goes_along_lines_and_stays_at_both_ends()
        => Curves.Rates(Three, 0, 10, 15, 20, 30, 60, 1000).ShouldBeNear([0.1, 0.1, 0.3, 0.5, 0.375, 0, 0]);

    [Fact]
    public void Points_in_epochs_move_at_every_step()
        => Curves.Rates("""{"type": "custom", "points": [[0, 0], [2, 1]], "unit": "epoch"}""", 0, 5, 20).ShouldBeNear([0, 0.25, 1]);

    [Fact]
    public void One_point_is_a_constant() => Curves.Rates("""{"type": "custom", "points": [[5, 0.25]]}""", 0, 5, 6).ShouldBe([0.25, 0.25, 0.25]);

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[[0, 1], [0, 2]]")]
    [InlineData("[[0, 1], [1]]")]
    [InlineData("[[0, 1, 2]]")]
    [InlineData("[[0, -1]]")]
    [InlineData("[[-1, 1]]")]
    [InlineData("[[0, 1e39]]")]
    [InlineData("[[0, \"1\"]]")]
    [InlineData("[{\"step\": 0}]")]
    public void Anything_but_rising_points_is_an_error_at_points(string points)
    {
        SpecError error = Components.Errors("schedule", $$"""{"type": "custom", "points": {{points}}}""").ShouldHaveSingleItem();
        (error.Pointer, error.Code).ShouldBe(("/points", "conflict"));
    }

    [Fact]
    public void What_is_written_reads_the_same()
    {
        var errors = new SpecErrors();
        ComponentValue value = new SpecReader(Registries.All, errors).ReadComponent(System.Text.Json.JsonDocument.Parse(Three).RootElement, "schedule", "")!;
        JsonObject written = SpecWriter.Write(value);
        Parts.Of<Schedule>("schedule", written.ToJsonString()).RateAt(15, Curves.Context).ShouldBe(0.3f, 1e-7f);
    }
}

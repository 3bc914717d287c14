using TrainService.NeuralNet.Pruning;
using TrainService.NeuralNet.Tests.Catalog;
using TrainService.Specification;

namespace TrainService.NeuralNet.Tests.Pruning;

public class PruningScheduleTests
{
    // 0.8 + (0.2 - 0.8) * (1 - (t - 10) / 40)^3: at 30, 0.8 - 0.6 / 8 = 0.725; at 40, 0.8 - 0.6 / 64 = 0.790625.
    [Theory]
    [InlineData(10, 0.2)]
    [InlineData(30, 0.725)]
    [InlineData(40, 0.790625)]
    [InlineData(50, 0.8)]
    [InlineData(90, 0.8)]
    public void Polynomial_goes_fast_at_first(long step, double expected)
        => Make("""{"schedule": "polynomial", "initial_sparsity": 0.2, "final_sparsity": 0.8, "begin_step": 10, "end_step": 50}""").SparsityAt(step).ShouldBe(expected, 1e-12);

    [Fact]
    public void Power_1_is_a_line()
        => Make("""{"type": "polynomial", "final_sparsity": 0.8, "end_step": 100, "power": 1}""").SparsityAt(25).ShouldBe(0.2, 1e-12);

    [Fact]
    public void Constant_is_constant() => Make("""{"schedule": "constant", "target_sparsity": 0.9}""").SparsityAt(7).ShouldBe(0.9);

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    [InlineData(15, true)]
    [InlineData(50, true)]
    [InlineData(55, false)]
    public void Weights_are_chosen_between_begin_and_end_as_often_as_asked(long step, bool due)
        => Make("""{"schedule": "constant", "begin_step": 10, "end_step": 50, "frequency": 5}""").IsDue(step).ShouldBe(due);

    [Fact]
    public void Without_an_end_there_is_none() => Make("""{"schedule": "constant", "frequency": 5}""").IsDue(1_000_000).ShouldBeTrue();

    [Theory]
    [InlineData("""{"schedule": "polynomial", "initial_sparsity": 0.6}""", "/initial_sparsity", "conflict")]
    [InlineData("""{"schedule": "polynomial", "begin_step": 5, "end_step": 5}""", "/end_step", "conflict")]
    [InlineData("""{"schedule": "polynomial", "final_sparsity": 1}""", "/final_sparsity", "out_of_range")]
    [InlineData("""{"schedule": "polynom"}""", "/schedule", "unknown_name")]
    public void What_makes_no_schedule_is_an_error_at_its_place(string json, string pointer, string code)
    {
        SpecError error = Components.Errors("pruning", json).ShouldHaveSingleItem();
        (error.Pointer, error.Code).ShouldBe((pointer, code));
    }

    private static PruningSchedule Make(string json) => Parts.Of<PruningSchedule>("pruning", json);
}

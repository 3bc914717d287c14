using TrainService.Tensors.Threading;

namespace TrainService.Tensors.Tests.Threading;

public class TeamProgramTests
{
    [Theory]
    [InlineData(1, 5, "0 5")]
    [InlineData(2, 8, "0 4 8")]
    [InlineData(2, 7, "0 4 7")]
    [InlineData(2, 1, "0 1 1")]
    [InlineData(4, 0, "0 0 0 0 0")]
    [InlineData(3, 10, "0 3 7 10")]
    [InlineData(4, 2, "0 1 1 2 2")]
    public void Tasks_of_equal_cost_are_shared_out_evenly_in_contiguous_ranges(int threads, int tasks, string starts)
        => Starts(threads, tasks, null).ShouldBe(starts);

    [Fact]
    public void Shares_follow_the_costs()
    {
        Starts(2, 4, task => task == 0 ? 3 : 1).ShouldBe("0 1 4");
        Starts(2, 4, task => task == 3 ? 3 : 1).ShouldBe("0 3 4");
        Starts(2, 3, _ => 0).ShouldBe("0 3 3");
        Starts(3, 6, task => task + 1).ShouldBe("0 3 5 6");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_cost_that_is_no_cost_is_refused(double cost)
        => Should.Throw<ArgumentException>(() => Starts(2, 3, task => task == 1 ? cost : 1)).Message.ShouldContain("Task 1 of FakePhase");

    [Fact]
    public void Threads_and_tasks_are_checked()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new TeamProgram(0));
        Should.Throw<ArgumentOutOfRangeException>(() => Starts(1, -1, null));
    }

    private static string Starts(int threads, int tasks, Func<int, double>? cost)
        => string.Join(' ', new TeamProgram(threads, new FakePhase(tasks, (_, _) => { }, cost)).Starts(0).ToArray());
}

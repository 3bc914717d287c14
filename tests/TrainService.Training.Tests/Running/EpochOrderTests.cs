using TrainService.Training.Running;

namespace TrainService.Training.Tests.Running;

public class EpochOrderTests
{
    [Fact]
    public void Each_epoch_goes_through_every_row_in_an_order_of_its_own_that_depends_on_nothing_else()
    {
        var order = new EpochOrder(100, seed: 5, shuffle: true);
        int[] first = [.. order.Of(0)], second = [.. order.Of(1)], again = [.. order.Of(0)];

        first.Order().ShouldBe(Enumerable.Range(0, 100));
        first.ShouldNotBe(second);
        again.ShouldBe(first);
        new EpochOrder(100, seed: 6, shuffle: true).Of(0).ToArray().ShouldNotBe(first);
    }

    [Fact]
    public void Without_shuffling_rows_come_as_they_are() => new EpochOrder(5, 1, shuffle: false).Of(3).ToArray().ShouldBe([0, 1, 2, 3, 4]);
}

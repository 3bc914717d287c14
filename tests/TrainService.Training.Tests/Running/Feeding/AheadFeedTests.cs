using TrainService.Data.Augmentation;
using TrainService.Tensors;
using TrainService.Training.Running;
using TrainService.Training.Running.Feeding;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Running.Feeding;

public class AheadFeedTests
{
    private const int Rows = 37, Batch = 8;

    private static readonly AugmentationSettings Everything = new() { Rotation = 20, HorizontalFlip = true, Cutout = new(2, 1, 0), MixupAlpha = 0.4 };

    [Fact]
    public void Steps_get_each_epochs_rows_in_its_order_as_they_are_in_that_epoch()
    {
        AugmentedRows rows = Some.Changed(Everything, Rows);
        using var feed = new AheadFeed(rows, default, Order, Batch);
        for (int epoch = 0; epoch < 4; epoch++)
            for (int begin = 0; begin < Rows; begin += Batch)
                ShouldBeRight(feed, rows, epoch, begin, Math.Min(Batch, Rows - begin));
    }

    [Fact]
    public void It_can_begin_anywhere_and_be_moved()
    {
        AugmentedRows rows = Some.Changed(Everything, Rows);
        using var feed = new AheadFeed(rows, default, Order, Batch);
        foreach ((int epoch, int begin) in ((int, int)[])[(3, 16), (3, 24), (0, 0), (0, 8), (7, 32), (7, 32)]) ShouldBeRight(feed, rows, epoch, begin, Math.Min(Batch, Rows - begin));
    }

    [Fact]
    public async Task Threads_that_come_before_the_producer_make_rows_themselves()
    {
        var slow = new SlowRows(Some.Pictures(Rows).Inputs);
        AugmentedRows rows = Some.Changed(Everything, Rows, slow);
        using var feed = new AheadFeed(rows, default, Order, Rows);
        int[] places = [.. feed.Take(2, 0, Rows)];
        float[][] seen = new float[Rows][];
        await Parallel.ForAsync(0, Rows, (i, _) =>
        {
            float[] row = new float[rows.RowLength];
            feed.Inputs.CopyRow(places[i], row);
            seen[i] = row;
            return ValueTask.CompletedTask;
        });
        int[] order = Order().Of(2);
        for (int i = 0; i < Rows; i++) seen[i].ShouldBe(Drawn(rows, 2, order[i]).Inputs);
        _ = feed.TakeLateTime();
        feed.TakeLateTime().ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Weights_go_with_their_rows_and_are_blended_as_they_are()
    {
        AugmentedRows rows = Some.Changed(Everything, Rows);
        float[] weights = [.. Enumerable.Range(0, Rows).Select(i => (float)i)];
        using var feed = new AheadFeed(rows, weights, Order, Batch);
        int[] order = Order().Of(0);
        ReadOnlySpan<int> places = feed.Take(0, 0, Batch);
        float[] target = new float[rows.TargetLength];
        for (int i = 0; i < Batch; i++)
        {
            feed.Targets.CopyRow(places[i], target);
            Mixing mixing = rows.MixingOf(0, order[i])!.Value;
            feed.Weights.Span[places[i]].ShouldBe((mixing.Share * order[i]) + ((1 - mixing.Share) * mixing.Partner), 1e-4);
        }
    }

    [Fact]
    public void In_steady_state_nothing_is_allocated()
    {
        AugmentedRows rows = Some.Changed(Everything, Rows);
        using var feed = new AheadFeed(rows, default, Order, Batch);
        float[] row = new float[rows.RowLength];
        Epochs(0, 3);
        long mine = GC.GetAllocatedBytesForCurrentThread();
        Epochs(3, 6);
        (GC.GetAllocatedBytesForCurrentThread() - mine).ShouldBe(0);

        void Epochs(int from, int to)
        {
            for (int epoch = from; epoch < to; epoch++)
            {
                for (int begin = 0; begin < Rows; begin += Batch)
                {
                    foreach (int place in feed.Take(epoch, begin, Math.Min(Batch, Rows - begin))) feed.Inputs.CopyRow(place, row);
                    feed.Done();
                }
            }
        }
    }

    [Fact]
    public void Making_a_row_allocates_nothing()
    {
        AugmentedRows rows = Some.Changed(Everything, Rows);
        AugmentationScratch scratch = rows.NewScratch();
        float[] inputs = new float[rows.RowLength], targets = new float[rows.TargetLength];
        for (int i = 0; i < 50; i++) rows.Draw(0, i % Rows, inputs, targets, scratch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++) rows.Draw(1, i % Rows, inputs, targets, scratch);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void A_row_that_cannot_be_made_fails_the_step_that_needs_it()
    {
        using var feed = new AheadFeed(Some.Changed(Everything, Rows, new BrokenRows()), default, Order, Batch);
        int place = feed.Take(0, 0, 1)[0];
        Should.Throw<InvalidOperationException>(() => feed.Inputs.CopyRow(place, new float[36]));
    }

    [Fact]
    public void Its_rows_vary_so_that_nothing_is_kept_of_them()
    {
        using var feed = new AheadFeed(Some.Changed(Everything, Rows), default, Order, Batch);
        feed.Inputs.Varies.ShouldBeTrue();
    }

    private static EpochOrder Order() => new(Rows, seed: 3, shuffle: true);

    private static void ShouldBeRight(AheadFeed feed, AugmentedRows rows, int epoch, int begin, int count)
    {
        int[] order = Order().Of(epoch);
        ReadOnlySpan<int> places = feed.Take(epoch, begin, count);
        places.Length.ShouldBe(count);
        float[] inputs = new float[rows.RowLength], targets = new float[rows.TargetLength];
        for (int i = 0; i < count; i++)
        {
            feed.Inputs.CopyRow(places[i], inputs);
            feed.Targets.CopyRow(places[i], targets);
            (float[] expected, float[] target) = Drawn(rows, epoch, order[begin + i]);
            inputs.ShouldBe(expected);
            targets.ShouldBe(target);
        }

        feed.Done();
    }

    private static (float[] Inputs, float[] Targets) Drawn(AugmentedRows rows, int epoch, int row)
    {
        float[] inputs = new float[rows.RowLength], targets = new float[rows.TargetLength];
        rows.Draw(epoch, row, inputs, targets, rows.NewScratch());
        return (inputs, targets);
    }

    private sealed class BrokenRows : RowSource
    {
        public override int Count => Rows;

        public override int RowLength => 36;

        public override void CopyRow(int row, Span<float> destination) => throw new InvalidOperationException("gone");
    }
}

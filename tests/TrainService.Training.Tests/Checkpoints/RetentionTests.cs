using TrainService.Jobs.Specs;
using TrainService.Training.Checkpoints;

namespace TrainService.Training.Tests.Checkpoints;

public class RetentionTests
{
    [Theory]
    [InlineData(1, 1, "b e")]
    [InlineData(2, 1, "b d e")]
    [InlineData(1, 2, "b d e")]
    [InlineData(1, 0, "e")]
    [InlineData(9, 9, "a b c d e")]
    public void The_newest_and_the_best_stay(int last, int best, string expected)
    {
        var retention = new Retention(new CheckpointPolicy(1, last, best, "val_loss"), higherIsBetter: false);
        foreach (KeptCheckpoint c in Five(0.9, 0.1, double.NaN, 0.2, 0.5)) retention.Add(c);

        retention.Prune();

        string.Join(' ', retention.Saved.Select(c => c.Id)).ShouldBe(expected);
    }

    [Fact]
    public void More_is_better_of_an_accuracy_and_the_earlier_of_equals_is_the_best()
    {
        var retention = new Retention(new CheckpointPolicy(1, 1, 1, "val_accuracy"), higherIsBetter: true);
        foreach (KeptCheckpoint c in Five(0.1, 0.9, 0.3, 0.9, 0.5)) retention.Add(c);

        retention.Best!.Id.ShouldBe("b");
    }

    [Fact]
    public void Saving_the_same_one_again_changes_nothing()
    {
        var retention = new Retention(new CheckpointPolicy(1, 2, 0, null), higherIsBetter: false);
        foreach (KeptCheckpoint c in Five(1, 1, 1, 1, 1).Take(2)) retention.Add(c);
        retention.Add(new KeptCheckpoint("a", 1, 10, 1));

        retention.Prune().ShouldBeFalse();
        retention.Saved.Count.ShouldBe(2);
    }

    private static IEnumerable<KeptCheckpoint> Five(params double[] monitored)
        => monitored.Select((m, i) => new KeptCheckpoint(((char)('a' + i)).ToString(), i + 1, (i + 1) * 10, m));
}

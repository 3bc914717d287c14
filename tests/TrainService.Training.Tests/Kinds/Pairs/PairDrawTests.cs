using TrainService.Tensors;
using TrainService.Training.Kinds.Pairs;

namespace TrainService.Training.Tests.Kinds.Pairs;

public class PairDrawTests
{
    [Fact]
    public void Pairs_are_of_one_class_as_often_as_asked_and_every_other_row_is_as_likely()
    {
        // Classes of 3, 5 and 2 rows.
        int[] classes = [0, 1, 1, 0, 2, 1, 0, 1, 2, 1];
        var draw = new PairDraw(new Labels(classes), 0.3, seed: 5);
        int[,] times = new int[10, 10];
        int same = 0;
        const int Epochs = 3000;
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            draw.BeginEpoch(epoch);
            for (int row = 0; row < 10; row++)
            {
                (int other, bool isSame) = draw.Of(row);
                isSame.ShouldBe(classes[other] == classes[row]);
                other.ShouldNotBe(row);
                times[row, other]++;
                same += isSame ? 1 : 0;
            }
        }

        ((double)same / (10 * Epochs)).ShouldBe(0.3, 0.01);
        for (int row = 0; row < 10; row++)
        {
            int own = classes.Count(c => c == classes[row]) - 1;
            for (int other = 0; other < 10; other++)
                if (other != row)
                    ((double)times[row, other] / Epochs).ShouldBe(classes[other] == classes[row] ? 0.3 / own : 0.7 / (9 - own), 0.035);
        }
    }

    [Fact]
    public void They_depend_on_seed_epoch_and_row_alone()
    {
        int[] classes = [.. Enumerable.Range(0, 60).Select(i => i % 4)];
        PairDraw first = new(new Labels(classes), 0.5, 9), second = new(new Labels(classes), 0.5, 9), other = new(new Labels(classes), 0.5, 10);
        first.BeginEpoch(7);
        second.BeginEpoch(3);
        (int, bool)[] before = All(second);
        second.BeginEpoch(7);
        other.BeginEpoch(7);

        All(second).ShouldBe(All(first));
        All(second).ShouldNotBe(before);
        All(other).ShouldNotBe(All(first));
    }

    [Fact]
    public void A_class_of_one_row_and_a_single_class_have_what_pairs_there_are()
    {
        var lonely = new PairDraw(new Labels([0, 1, 1]), 0.9, 1);
        var single = new PairDraw(new Labels([0, 0]), 0.1, 1);
        var alone = new PairDraw(new Labels([0]), 0.5, 1);
        for (int epoch = 0; epoch < 20; epoch++)
        {
            lonely.BeginEpoch(epoch);
            single.BeginEpoch(epoch);
            lonely.Of(0).Same.ShouldBeFalse();
            single.Of(0).ShouldBe((1, true));
            alone.Of(0).ShouldBe((0, true));
        }
    }

    private static (int, bool)[] All(PairDraw draw) => [.. Enumerable.Range(0, draw.Count).Select(draw.Of)];

    private sealed class Labels(int[] classes) : RowSource
    {
        public override int Count => classes.Length;

        public override int RowLength => 1;

        public override void CopyRow(int row, Span<float> destination) => destination[0] = classes[row];
    }
}

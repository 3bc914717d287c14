using TrainService.NeuralNet.Adversarial;

namespace TrainService.NeuralNet.Tests.Adversarial;

public sealed class LatentRowsTests
{
    [Theory]
    [InlineData(LatentDistribution.Normal, 1.0, 3.0)]
    [InlineData(LatentDistribution.Uniform, 1.0 / 3, 9.0 / 5)]
    public void Numbers_are_spread_as_asked(LatentDistribution distribution, double variance, double kurtosis)
    {
        LatentRows rows = new(5, 7, distribution, 1);
        double[] all = [.. Enumerable.Range(0, 20_000).SelectMany(r => Row(rows, r)).Select(v => (double)v)];
        all.Average().ShouldBe(0, 0.01);
        double second = all.Average(v => v * v);
        second.ShouldBe(variance, 0.02);
        (all.Average(v => v * v * v * v) / (second * second)).ShouldBe(kurtosis, 0.1);
    }

    [Fact]
    public void A_row_is_the_same_each_time_and_another_one_for_each_draw_stream_and_seed()
    {
        LatentRows rows = new(5, 10, LatentDistribution.Normal, 1) { Draw = 4 };
        float[] first = Row(rows, 3);
        Row(rows, 3).ShouldBe(first);
        Row(rows, 2).ShouldNotBe(first);
        Row(new LatentRows(5, 10, LatentDistribution.Normal, 2) { Draw = 4 }, 3).ShouldNotBe(first);
        Row(new LatentRows(6, 10, LatentDistribution.Normal, 1) { Draw = 4 }, 3).ShouldNotBe(first);
        rows.Draw = 5;
        Row(rows, 3).ShouldNotBe(first);
    }

    private static float[] Row(LatentRows rows, int row)
    {
        float[] values = new float[rows.RowLength];
        rows.CopyRow(row, values);
        return values;
    }
}

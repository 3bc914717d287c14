using TrainService.Training.Kinds.Pairs;

namespace TrainService.Training.Tests.Kinds.Pairs;

public class RotatedRowsTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(5, 3)]
    [InlineData(6, 2)]
    public void A_turn_to_the_left_brings_the_right_edge_to_the_top(int side, int channels)
    {
        float[] picture = [.. Enumerable.Range(0, side * side * channels).Select(i => (float)i)], turned = [.. picture];
        for (int turns = 1; turns <= 4; turns++)
        {
            float[] before = [.. turned];
            RotatedRows.Turn(turned, 1, side, channels);
            for (int y = 0; y < side; y++)
                for (int x = 0; x < side; x++)
                    for (int c = 0; c < channels; c++)
                        turned[(((y * side) + x) * channels) + c].ShouldBe(before[(((x * side) + side - 1 - y) * channels) + c]);
            float[] atOnce = [.. picture];
            RotatedRows.Turn(atOnce, turns, side, channels);
            atOnce.ShouldBe(turned);
        }

        turned.ShouldBe(picture);
    }
}

using TrainService.Data;
using TrainService.Tensors;

namespace TrainService.Training.Kinds.Pairs;

/// <summary>Each square picture four times: as it is, and turned to the left by 90, 180 and 270 degrees, which is the target (Gidaris, Singh, Komodakis 2018, arXiv:1803.07728).</summary>
internal sealed class RotatedRows(RowSource source, int side, int channels) : RowSource
{
    public const int Turns = 4;

    public override int Count => Turns * source.Count;

    public override int RowLength => source.RowLength;

    public override bool Varies => source.Varies;

    public override void BeginEpoch(int epoch) => source.BeginEpoch(epoch);

    public override void CopyRow(int row, Span<float> destination)
    {
        source.CopyRow(row / Turns, destination);
        Turn(destination, row % Turns, side, channels);
    }

    /// <param name="rows">Pictures [side, side, channels].</param>
    public static Split Of(Split rows, int side, int channels)
    {
        float[] weights = rows.SampleWeights.IsEmpty ? [] : [.. Enumerable.Range(0, Turns * rows.Count).Select(i => rows.SampleWeights.Span[i / Turns])];
        return new Split(new RotatedRows(rows.Inputs, side, channels), new TurnTargets(rows.Count), weights);
    }

    /// <summary>Turns a picture in place, pixel by pixel along the four that take each other's places: nothing is allocated.</summary>
    public static void Turn(Span<float> picture, int turns, int side, int channels)
    {
        for (int t = 0; t < turns; t++)
        {
            for (int y = 0; y < side / 2; y++)
            {
                for (int x = 0; x < (side + 1) / 2; x++)
                {
                    // Clockwise from the upper left; to the left each takes the place of the one before it.
                    int a = At(y, x), b = At(x, side - 1 - y), c = At(side - 1 - y, side - 1 - x), d = At(side - 1 - x, y);
                    for (int k = 0; k < channels; k++)
                        (picture[a + k], picture[b + k], picture[c + k], picture[d + k]) = (picture[b + k], picture[c + k], picture[d + k], picture[a + k]);
                }
            }
        }

        int At(int y, int x) => ((y * side) + x) * channels;
    }

    private sealed class TurnTargets(int pictures) : RowSource
    {
        public override int Count => Turns * pictures;

        public override int RowLength => 1;

        public override void CopyRow(int row, Span<float> destination) => destination[0] = row % Turns;
    }
}

using TrainService.Data;
using TrainService.Tensors;

namespace TrainService.Training.Kinds.Pairs;

/// <summary>Each row and, behind it, the one that is drawn to stand beside it; the target is 1 where both are of one class, else 0.</summary>
internal static class PairRows
{
    /// <param name="varies">The pairs are others in each epoch; for validation they stay.</param>
    public static Split Of(Split rows, double sameShare, ulong seed, bool varies)
    {
        var draw = new PairDraw(rows.Targets, sameShare, seed);
        return new Split(new Inputs(rows.Inputs, draw, varies), new Targets(draw, varies), rows.SampleWeights);
    }

    private sealed class Inputs(RowSource source, PairDraw draw, bool varies) : RowSource
    {
        public override int Count => source.Count;

        public override int RowLength => 2 * source.RowLength;

        public override bool Varies => varies || source.Varies;

        public override void BeginEpoch(int epoch)
        {
            source.BeginEpoch(epoch);
            if (varies) draw.BeginEpoch(epoch);
        }

        public override void CopyRow(int row, Span<float> destination)
        {
            source.CopyRow(row, destination[..source.RowLength]);
            source.CopyRow(draw.Of(row).Row, destination.Slice(source.RowLength, source.RowLength));
        }
    }

    private sealed class Targets(PairDraw draw, bool varies) : RowSource
    {
        public override int Count => draw.Count;

        public override int RowLength => 1;

        public override bool Varies => varies;

        public override void CopyRow(int row, Span<float> destination) => destination[0] = draw.Of(row).Same ? 1 : 0;
    }
}

using TrainService.Tensors;
using TrainService.Tensors.Randomness;

namespace TrainService.Training.Kinds.Pairs;

/// <summary>
/// Which row stands beside each row in an epoch: one of its class with the probability that is asked for, else one of another class, each as likely as the
/// others. A function of seed, epoch and row alone: nothing is stored but the rows sorted by class.
/// </summary>
internal sealed class PairDraw
{
    /// <summary>Streams of the purpose "augmentation" that no layer's name gives.</summary>
    private const uint Stream = 0x50414952;

    private readonly int[] _classes, _sorted, _starts, _places;
    private readonly double _sameShare;
    private readonly ulong _seed;
    private int _epoch;

    /// <param name="labels">One class number a row.</param>
    public PairDraw(RowSource labels, double sameShare, ulong seed)
    {
        (_sameShare, _seed) = (sameShare, seed);
        int count = labels.Count;
        _classes = new int[count];
        float[] label = new float[labels.RowLength];
        int classes = 0;
        for (int i = 0; i < count; i++)
        {
            labels.CopyRow(i, label);
            _classes[i] = (int)label[0];
            classes = Math.Max(classes, _classes[i] + 1);
        }

        _starts = new int[classes + 1];
        foreach (int c in _classes) _starts[c + 1]++;
        for (int c = 0; c < classes; c++) _starts[c + 1] += _starts[c];
        (_sorted, _places) = (new int[count], new int[count]);
        int[] next = [.. _starts];
        for (int i = 0; i < count; i++)
        {
            _places[i] = next[_classes[i]]++;
            _sorted[_places[i]] = i;
        }
    }

    public int Count => _classes.Length;

    public void BeginEpoch(int epoch) => _epoch = epoch;

    /// <summary>The other row of a pair, and whether it is of the same class. A class of one row has no pair of its own; a single class no other.</summary>
    public (int Row, bool Same) Of(int row)
    {
        var random = new PhiloxStream(_seed + (ulong)row, RandomPurpose.Augmentation, Stream, (ulong)_epoch);
        int c = _classes[row], start = _starts[c], own = _starts[c + 1] - start, others = Count - own;
        bool same = random.NextDouble() < _sameShare;
        if (others == 0 || (same && own > 1))
        {
            if (own == 1) return (row, true);
            // Any of its class but itself.
            int at = start + random.NextBelow(own - 1);
            return (_sorted[at < _places[row] ? at : at + 1], true);
        }

        int other = random.NextBelow(others);
        return (_sorted[other < start ? other : other + own], false);
    }
}

using TrainService.Specification;

namespace TrainService.NeuralNet.Losses;

/// <summary>
/// Mean of max(margin + d(a, p) - d(a, n), 0) over triplets of a batch: anchor a and positive p are rows of one class, negative n is of another.
/// semi_hard: all pairs (a, p), each with the nearest n farther from a than p, or the farthest n where none is; d is the squared Euclidean distance.
/// hard: each a once, with its farthest p and nearest n; d is the Euclidean distance. Anchors without a positive or a negative in the batch don't
/// count; a batch without any triplet has loss 0. A triplet weighs as its anchor does.
/// </summary>
public sealed class Triplet(double margin, bool hard) : BatchLoss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("triplet",
        a => new Triplet(a.Number("margin"), a.Text("mining") == "hard"))
    {
        Aliases = ["triplet_loss", "triplet_semihard_loss"],
        Summary = "Makes embeddings in which rows of one class lie nearer to each other than to all others, by a margin; targets are class numbers.",
        Advice = "For likeness and search (faces, signatures) where classes are many or not all known yet. The output may have any length, with no "
            + "activation: 16 to 128 numbers. It finds its triplets within the batch: take batches with several rows of each class, 64 or more, and shuffle. "
            + "hard learns faster at the end, but may collapse to one point at first: then take semi_hard or a lower rate.",
        Source = "Schroff, Kalenichenko, Philbin 2015, FaceNet, arXiv:1503.03832 (semi_hard); Hermans, Beyer, Leibe 2017, arXiv:1703.07737 (hard)",
        Arguments =
        [
            Arg.Number("margin", "How much farther than the positive the negative should be; on squared distances with semi_hard.", 1, min: 0, minExclusive: true),
            Arg.Choice("mining", "Which triplets of a batch count: semi_hard (for every pair of one class) or hard (for every row its worst).",
                "semi_hard", "semi_hard", "hard"),
        ],
    };

    /// <inheritdoc/>
    public override void Judge(in BatchRows rows, Span<double> rowLoss, ReadOnlySpan<float> rowWeights, Span<float> gradient, BatchScratch scratch)
    {
        int count = rows.Count, triplets = Triplets(rows);
        bool learns = !rowWeights.IsEmpty;
        if (learns) gradient.Clear();
        for (int anchor = 0; anchor < count; anchor++)
        {
            int others = Measure(rows, anchor, scratch);
            Span<double> pulls = scratch.Pulls.AsSpan(0, count);
            pulls.Clear();
            double loss = others == 0 ? 0 : hard ? Hardest(rows, anchor, scratch, others) : SemiHard(rows, anchor, scratch, others);
            // Numbers that aren't finite have no order, and their row may be in no triplet: it shows them itself, being at no distance 0 from itself.
            rowLoss[anchor] = double.IsNaN(scratch.Distances[anchor]) ? double.NaN : triplets == 0 ? 0 : loss * count / triplets;
            if (learns && triplets > 0) Spread(rows, anchor, (double)rowWeights[anchor] / triplets, scratch, gradient);
        }
    }

    // Pairs of an anchor and a positive, or anchors, for which there is a negative too.
    private int Triplets(in BatchRows rows)
    {
        int all = 0;
        for (int a = 0; a < rows.Count; a++)
        {
            int same = 0;
            for (int i = 0; i < rows.Count; i++)
                if (rows.Target(i) == rows.Target(a)) same++;
            if (same < rows.Count) all += hard ? Math.Min(same - 1, 1) : same - 1;
        }

        return all;
    }

    /// <returns>How many rows are of other classes.</returns>
    private int Measure(in BatchRows rows, int anchor, BatchScratch scratch)
    {
        int others = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            double squared = EmbeddingMath.SquaredDistance(rows.Prediction(anchor), rows.Prediction(i));
            double distance = scratch.Distances[i] = hard ? Math.Sqrt(squared) : squared;
            if (rows.Target(i) == rows.Target(anchor)) continue;
            (scratch.Others[others], scratch.OtherRows[others]) = (distance, i);
            others++;
        }

        return others;
    }

    private double SemiHard(in BatchRows rows, int anchor, BatchScratch scratch, int others)
    {
        Span<double> sorted = scratch.Others.AsSpan(0, others);
        sorted.Sort(scratch.OtherRows.AsSpan(0, others));
        double sum = 0;
        for (int positive = 0; positive < rows.Count; positive++)
        {
            if (positive == anchor || rows.Target(positive) != rows.Target(anchor)) continue;
            int farther = FirstAbove(sorted, scratch.Distances[positive]);
            sum += Count(positive, scratch.OtherRows[Math.Min(farther, others - 1)], scratch);
        }

        return sum;
    }

    private double Hardest(in BatchRows rows, int anchor, BatchScratch scratch, int others)
    {
        int positive = -1, nearest = 0;
        for (int i = 0; i < rows.Count; i++)
            if (i != anchor && rows.Target(i) == rows.Target(anchor) && (positive < 0 || scratch.Distances[i] > scratch.Distances[positive])) positive = i;
        if (positive < 0) return 0;
        for (int i = 1; i < others; i++)
            if (scratch.Others[i] < scratch.Others[nearest]) nearest = i;
        return Count(positive, scratch.OtherRows[nearest], scratch);
    }

    private double Count(int positive, int negative, BatchScratch scratch)
    {
        double loss = margin + scratch.Distances[positive] - scratch.Distances[negative];
        if (loss <= 0) return 0;
        scratch.Pulls[positive]++;
        scratch.Pulls[negative]--;
        return loss;
    }

    // d(d²)/dx = 2 (x - y); d(d)/dx = (x - y) / d, and 0 for points that coincide.
    private void Spread(in BatchRows rows, int anchor, double scale, BatchScratch scratch, Span<float> gradient)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            if (scratch.Pulls[i] == 0) continue;
            double distance = scratch.Distances[i], slope = !hard ? 2 : distance > 0 ? 1 / distance : 0;
            EmbeddingMath.Pull(rows.Prediction(anchor), rows.Prediction(i), (float)(scratch.Pulls[i] * slope * scale),
                gradient.Slice(anchor * rows.Stride, rows.Length), gradient.Slice(i * rows.Stride, rows.Length));
        }
    }

    private static int FirstAbove(ReadOnlySpan<double> sorted, double value)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] > value) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}

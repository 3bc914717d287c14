using TrainService.Tensors.Randomness;

namespace TrainService.Data.Selection;

/// <summary>Chooses some of many rows, by seed. What is chosen comes in the order in which it stood.</summary>
internal static class RowChoice
{
    /// <summary>
    /// <paramref name="take"/> of the rows 0 … <paramref name="count"/> - 1, each set of them as likely as any other: true for those chosen.
    /// </summary>
    public static bool[] Random(int count, int take, PhiloxStream random)
    {
        bool[] chosen = new bool[count];
        int[] order = Shuffled(count, ref random);
        for (int i = 0; i < take; i++) chosen[order[i]] = true;
        return chosen;
    }

    /// <summary>The same share of each class, as nearly as whole rows allow.</summary>
    /// <param name="labels">Each row's class.</param>
    public static bool[] Stratified(ReadOnlySpan<int> labels, int classes, int take, PhiloxStream random)
    {
        int[] counts = new int[classes];
        foreach (int label in labels) counts[label]++;
        int[] quotas = Quotas(counts, take);
        bool[] chosen = new bool[labels.Length];
        foreach (int row in Shuffled(labels.Length, ref random))
            if (quotas[labels[row]]-- > 0) chosen[row] = true;
        return chosen;
    }

    /// <summary>
    /// How many rows to take of each class: its share rounded down, and what is then missing from <paramref name="take"/> one by one from the
    /// classes with the largest remainders (Hamilton's method). The last row of a class is left behind as long as any other class has more to
    /// give.
    /// </summary>
    public static int[] Quotas(ReadOnlySpan<int> counts, int take)
    {
        long total = 0;
        foreach (int count in counts) total += count;
        int[] quotas = new int[counts.Length];
        if (total == 0) return quotas;
        var remainders = new (bool Spares, long Remainder, int Class)[counts.Length];
        int left = take;
        for (int i = 0; i < quotas.Length; i++)
        {
            long share = (long)counts[i] * take;
            quotas[i] = (int)(share / total);
            left -= quotas[i];
            remainders[i] = (counts[i] > quotas[i] + 1, share % total, i);
        }
        Array.Sort(remainders, (a, b) => (b.Spares, b.Remainder, -b.Class).CompareTo((a.Spares, a.Remainder, -a.Class)));
        // Remainders add up to whole rows: one more for each of the first so many is enough, unless a class has no more rows.
        for (int i = 0; left > 0; i = (i + 1) % remainders.Length)
        {
            int c = remainders[i].Class;
            if (quotas[c] >= counts[c]) continue;
            quotas[c]++;
            left--;
        }
        return quotas;
    }

    private static int[] Shuffled(int count, ref PhiloxStream random)
    {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        random.Shuffle(order);
        return order;
    }
}

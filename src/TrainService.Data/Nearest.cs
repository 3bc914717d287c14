namespace TrainService.Data;

/// <summary>The nearest of some valid names, for "did you mean".</summary>
internal static class Nearest
{
    /// <summary>By edit distance (insert, delete, replace, swap of neighbours), case left aside; null when none is within a third of the name's length.</summary>
    public static string? Of(string name, IEnumerable<string> names)
    {
        string? best = null;
        int limit = Math.Max(1, name.Length / 3) + 1;
        if (name.Length > 100) return null;
        foreach (string candidate in names)
        {
            if (Math.Abs(candidate.Length - name.Length) >= limit) continue;
            int distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance >= limit) continue;
            (limit, best) = (distance, candidate);
        }
        return best;
    }

    private static int Distance(string a, string b)
    {
        int[] before = new int[b.Length + 1], above = new int[b.Length + 1], row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) above[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, above, row) = (above, row, before);
        }
        return above[b.Length];
    }
}

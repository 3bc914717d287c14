namespace TrainService.Specification.Reading;

/// <summary>Finds what a user probably meant by a name that is not known.</summary>
public static class NearestName
{
    private const int LongestName = 64;

    /// <summary>
    /// The candidate with the least edit distance, case and separators aside, when it is near: at most a third of the name's letters
    /// away. A name of at least four letters that one candidate begins with, or is the beginning of, counts as near too. Null otherwise.
    /// </summary>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        if (name.Length is 0 or > LongestName) return null;
        string plain = Plain(name);
        string? best = null;
        int least = int.MaxValue;
        foreach (string candidate in candidates.Where(c => c.Length <= LongestName).OrderBy(c => c.Any(char.IsUpper)).ThenBy(c => c, StringComparer.Ordinal))
        {
            string other = Plain(candidate);
            int distance = Distance(plain, other);
            if (distance > Math.Max(1, plain.Length / 3))
            {
                bool prefix = Math.Min(plain.Length, other.Length) >= 4
                    && (other.StartsWith(plain, StringComparison.Ordinal) || plain.StartsWith(other, StringComparison.Ordinal));
                if (!prefix) continue;
                // Behind everything that is near by distance.
                distance += LongestName;
            }
            if (distance >= least) continue;
            (best, least) = (candidate, distance);
        }
        return best;
    }

    /// <summary>Least number of insertions, deletions, replacements and swaps of neighbours (optimal string alignment).</summary>
    public static int Distance(string a, string b)
    {
        int[] before = new int[b.Length + 1], last = new int[b.Length + 1], now = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            now[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                now[j] = Math.Min(Math.Min(now[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = Math.Min(now[j], before[j - 2] + 1);
            }
            (before, last, now) = (last, now, before);
        }
        return last[b.Length];
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}

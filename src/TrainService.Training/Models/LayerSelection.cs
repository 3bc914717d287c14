using System.IO.Enumeration;

namespace TrainService.Training.Models;

/// <summary>
/// Layers of a model as they are asked for in a job: a name; a pattern (* stands for any letters, ? for one); a range "first..last" in the order
/// of the layers, either end left out for the model's own; or "all".
/// </summary>
/// <param name="layers">Names, in order.</param>
/// <param name="reused">Those of them whose weights come from a checkpoint; none for a new model.</param>
internal sealed class LayerSelection(IReadOnlyList<string> layers, IReadOnlyList<string> reused)
{
    public const string All = "all", Any = "*";

    private const string To = "..";

    private readonly HashSet<string> _reused = new(reused, StringComparer.Ordinal);

    /// <summary>
    /// Those to be frozen. Freezing all of a model that reuses layers means those: new ones have nothing to keep.
    /// </summary>
    /// <returns>Empty when there are none of that name.</returns>
    public IReadOnlyList<string> ToFreeze(string asked)
        => asked is All or Any && _reused.Count > 0 ? [.. layers.Where(_reused.Contains)] : Of(asked);

    /// <returns>Empty when there are none of that name.</returns>
    public IReadOnlyList<string> Of(string asked)
    {
        if (asked == All && !layers.Contains(All, StringComparer.Ordinal)) return layers;
        if (layers.Contains(asked, StringComparer.Ordinal)) return [asked];
        return Range(asked) ?? [.. layers.Where(l => Matches(asked, l))];
    }

    /// <summary>A pattern as in a shell, but for the backslash, which is a letter.</summary>
    public static bool Matches(string pattern, string name)
        => FileSystemName.MatchesSimpleExpression(pattern.Replace("\\", "\\\\", StringComparison.Ordinal), name, ignoreCase: false);

    private List<string>? Range(string asked)
    {
        int at = asked.IndexOf(To, StringComparison.Ordinal);
        if (at < 0) return null;
        int first = at == 0 ? 0 : IndexOf(asked[..at]), last = at + To.Length == asked.Length ? layers.Count - 1 : IndexOf(asked[(at + To.Length)..]);
        return first < 0 || last < first ? null : [.. layers.Skip(first).Take(last - first + 1)];
    }

    private int IndexOf(string name)
    {
        for (int i = 0; i < layers.Count; i++)
            if (layers[i] == name)
                return i;
        return -1;
    }
}

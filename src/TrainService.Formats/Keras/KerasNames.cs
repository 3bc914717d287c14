using System.Text.RegularExpressions;

namespace TrainService.Formats.Keras;

/// <summary>How version 3 names the groups of layers. Source: keras/src/utils/naming.py.</summary>
public static partial class KerasNames
{
    /// <summary>A class's name in lower case, words parted by underlines: <c>Conv2DTranspose</c> is <c>conv2d_transpose</c>, <c>ReLU</c> is <c>re_lu</c>.</summary>
    public static string Snake(string className)
        => SmallThenCapital().Replace(AnythingThenWord().Replace(NoWord().Replace(className, ""), "$1_$2"), "$1_$2").ToLowerInvariant();

    [GeneratedRegex(@"\W+")]
    private static partial Regex NoWord();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex AnythingThenWord();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex SmallThenCapital();
}

/// <summary>Names within one list of layers: the class's name, with _1, _2 … for the next ones of it. Source: keras/src/saving/saving_lib.py.</summary>
public sealed class KerasCounter
{
    private readonly Dictionary<string, int> _used = new(StringComparer.Ordinal);

    public string Next(string className)
    {
        string name = KerasNames.Snake(className);
        if (_used.TryAdd(name, 0)) return name;
        return $"{name}_{++_used[name]}";
    }
}

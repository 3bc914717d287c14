namespace TrainService.Formats;

/// <summary>
/// A file of arrays that is not what it should be, or beyond a limit. The message names the file, the array, what is wrong and where.
/// </summary>
public sealed class ArrayFormatException : FormatException
{
    /// <param name="file">Name of the file, as its sender calls it.</param>
    /// <param name="array">Name of the array within it, when it is known by then.</param>
    /// <param name="problem">What is wrong, as a sentence without the file's name.</param>
    /// <param name="offset">Byte within the file (or within the unpacked entry of an archive) where it was seen.</param>
    public ArrayFormatException(string file, string? array, string problem, long? offset = null, Exception? inner = null)
        : base($"{Printable(file)}{(array is null ? "" : $", array '{Printable(array)}'")}: {problem}{(offset is null ? "" : $" (at byte {offset})")}", inner)
    {
        File = Printable(file);
        Array = array is null ? null : Printable(array);
        Problem = problem;
        Offset = offset;
    }

    public string File { get; }

    public string? Array { get; }

    public string Problem { get; }

    public long? Offset { get; }

    /// <summary>Foreign text that may stand in a message or a log: at most 80 characters, control characters and lone surrogates replaced.</summary>
    public static string Printable(string text)
    {
        ReadOnlySpan<char> shown = text.AsSpan(0, Math.Min(text.Length, 80));
        char[] clean = new char[shown.Length];
        for (int i = 0; i < shown.Length; i++) clean[i] = char.IsControl(shown[i]) || char.IsSurrogate(shown[i]) ? '?' : shown[i];
        return text.Length > 80 ? new string(clean) + "…" : new string(clean);
    }
}

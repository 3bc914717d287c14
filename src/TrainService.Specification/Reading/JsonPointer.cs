namespace TrainService.Specification.Reading;

/// <summary>RFC 6901: the path to a place in a JSON document.</summary>
public static class JsonPointer
{
    /// <summary>The place of member <paramref name="key"/> of the object at <paramref name="pointer"/>.</summary>
    public static string Member(string pointer, string key)
        => $"{pointer}/{key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    /// <summary>The place of element <paramref name="index"/> of the array at <paramref name="pointer"/>.</summary>
    public static string Element(string pointer, int index) => $"{pointer}/{index}";
}

namespace TrainService.Data.Import;

/// <summary>What a dataset may be called: 1 to 64 of a-z, A-Z, 0-9, dot, minus, underscore, a letter or digit first and last. Never a path.</summary>
internal static class DatasetNames
{
    public const int MaxLength = 64;

    public const string Rule = "a name has 1 to 64 letters (a-z, A-Z), digits, dots, minuses and underscores, and starts and ends with a letter or digit";

    public static bool IsValid(string name)
        => name.Length is >= 1 and <= MaxLength && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}

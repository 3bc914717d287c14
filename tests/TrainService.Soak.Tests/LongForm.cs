using System.Globalization;

namespace TrainService.Soak.Tests;

/// <summary>The long forms are the same tests with larger numbers, asked for in the environment.</summary>
internal static class LongForm
{
    /// <summary>The number that <paramref name="variable"/> asks for; <paramref name="short"/> without it.</summary>
    public static int Number(string variable, int @short)
        => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : @short;

    public static bool IsAsked(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}

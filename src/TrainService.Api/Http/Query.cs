using System.Globalization;
using TrainService.Api.Problems;

namespace TrainService.Api.Http;

/// <summary>Checks what query strings and headers say. Each throws a 400 that names the parameter, its range and what came.</summary>
internal static class Query
{
    public static int Within(string name, int? value, int @default, int min, int max)
        => (int)Within(name, (long?)value, @default, min, max);

    public static long Within(string name, long? value, long @default, long min, long max)
        => (value ?? @default) is var v && v >= min && v <= max
            ? v
            : throw new ProblemException(ProblemOf.BadRequest($"{name}: expected {min} to {max}, got {v}."));

    /// <summary>A number in a header; null when the header is missing.</summary>
    public static long? HeaderNumber(HttpRequest request, string name)
    {
        string? text = request.Headers[name];
        if (string.IsNullOrEmpty(text))
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new ProblemException(ProblemOf.BadRequest($"{name}: expected a whole number, got '{text}'."));
    }
}

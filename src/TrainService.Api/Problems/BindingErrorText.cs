using System.Text.RegularExpressions;

namespace TrainService.Api.Problems;

/// <summary>The framework's sentence on a query parameter, in the words of whoever wrote the address.</summary>
internal static partial class BindingErrorText
{
    public static string Of(BadHttpRequestException exception)
        => Binding().Match(exception.Message) is { Success: true } m
            ? $"{m.Groups["name"].Value}: expected a whole number, got '{m.Groups["value"].Value}'."
            : exception.Message;

    // Every query parameter that is bound to something other than text is a whole number.
    [GeneratedRegex("""^Failed to bind parameter "\S* ?(?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.Singleline)]
    private static partial Regex Binding();
}

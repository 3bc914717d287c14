namespace TrainService.Api.Metrics;

/// <summary>OpenTelemetry's names in Prometheus's words: dots become underscores, the unit and, for counters, <c>_total</c> stand at the end.</summary>
internal static class PrometheusNames
{
    /// <param name="unit">As the instrument says it (UCUM).</param>
    /// <returns>Without <c>_total</c>.</returns>
    public static string Of(string name, string? unit, MetricKind kind)
    {
        string plain = Of(name);
        string suffix = unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "1" when kind == MetricKind.Gauge => "_ratio",
            // A word in braces says what is counted: the name does so already.
            _ => "",
        };
        return plain.EndsWith(suffix, StringComparison.Ordinal) ? plain : plain + suffix;
    }

    public static string Of(string name)
        => string.Create(name.Length, name, (text, from) =>
        {
            for (int i = 0; i < text.Length; i++)
                text[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] == ':' ? from[i] : '_';
        });

    public static string Escaped(string value) => value.AsSpan().ContainsAny('\\', '"', '\n')
        ? value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)
        : value;
}

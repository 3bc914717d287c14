using System.Text;
using System.Text.Json;
using TrainService.NeuralNet.Metrics;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Models.Outputs;

/// <summary>
/// Keras reports a metric under the name that it was asked for by: "mean_absolute_error" as that, not as "mae"; a class by its name in snake_case ("R2Score" as "r2_score").
/// </summary>
internal static class MetricNames
{
    /// <inheritdoc cref="OwnForm"/>
    public static bool Read(SpecReader reader, JsonElement json, string pointer, out ComponentValue? value)
    {
        value = null;
        if (json.ValueKind != JsonValueKind.String || !JsonText.TryGet(json, out string? name) || reader.Vocabulary["metric"].Find(name) is not { } found
            || name == found.Name || found.Arguments.Any(a => a.Required))
            return false;
        ComponentValue plain = reader.Vocabulary.WithDefaults("metric", found.Name);
        value = plain with { Arguments = plain.Arguments.With(NamedMetric.Key, IsClass(name) ? InSnakeCase(name) : name), Place = pointer };
        return true;
    }

    private static bool IsClass(string name) => char.IsAsciiLetterUpper(name[0]) && (name.Any(char.IsAsciiLetterLower) || name == AreaUnderCurve.Descriptor.KerasName);

    private static string InSnakeCase(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool begins = i > 0 && char.IsAsciiLetterUpper(name[i])
                && (!char.IsAsciiLetterUpper(name[i - 1]) || (i + 1 < name.Length && char.IsAsciiLetterLower(name[i + 1])));
            if (begins) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}

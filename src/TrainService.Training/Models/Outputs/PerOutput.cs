using System.Globalization;
using System.Text.Json;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Models.Outputs;

/// <summary>
/// Losses and metrics of a model with several outputs, as Keras takes them: a loss for each output, as a list or by the outputs' names; metrics by the outputs' names.
/// </summary>
internal static class PerOutput
{
    public const string Outputs = "outputs", Losses = "losses", Weights = "weights", Targets = "targets", Output = "output", Metric = "metric";

    public static ComponentDescriptor<Loss> Loss { get; } = new("per_output", a => a.Texts(Outputs).Count == a.ValueList(Losses).Count
        ? new OutputLosses([])
        : throw new ArgumentConflictException(Losses, "Expected as many losses as outputs."))
    {
        Summary = "A loss for each output of a model, weighted and added up. May be written as a list, or as an object with the outputs' names.",
        Advice = "For models with several outputs; loss_weights says how much each counts.",
        Source = "Keras compile(loss, loss_weights)",
        Arguments =
        [
            Arg.Texts(Outputs, "Names of the outputs, or their places from 0.", minCount: 1, maxCount: 256, required: true),
            Arg.Components(Losses, "loss", "The loss of each.", minCount: 1, maxCount: 256, required: true),
            Arg.Numbers(Weights, "The factor of each; 1 when left out.") with { Nullable = true, Count = (1, 256) },
            Arg.Integers(Targets, "Where the targets of each begin in a row of targets; follows from the dataset.", min: 0, maxCount: 256, nullable: true),
        ],
    };

    public static ComponentDescriptor<MetricFactory> OutputMetric { get; } = new("of_output",
        _ => (_, _) => throw new ArgumentException("of_output measures one output of several, but this model has just one."))
    {
        Summary = "A metric of one output of several. An object with the outputs' names, or a list of lists in the outputs' order, stands for a list of these.",
        Advice = "To watch each output of a model by what suits it.",
        Source = "Keras compile(metrics)",
        Arguments = [Arg.Text(Output, "Name of the output, or its place from 0.", required: true), Arg.Component(Metric, "metric", "What is measured of it.", required: true)],
    };

    /// <inheritdoc cref="OwnForm"/>
    public static bool ReadLoss(SpecReader reader, JsonElement json, string pointer, out ComponentValue? value)
    {
        value = null;
        if (json.ValueKind == JsonValueKind.Array) value = Lost(reader, [.. json.EnumerateArray().Select((e, i) => ($"{i}", e))], pointer);
        else if (IsMap(json)) value = Lost(reader, [.. Members(json)], pointer);
        else return false;
        return true;
    }

    /// <summary>Metrics by the outputs' names, or a list of lists, one for each output in its order: as a list of metrics of outputs.</summary>
    public static IReadOnlyList<ComponentValue>? ReadMetrics(SpecReader reader, JsonElement json, string pointer)
    {
        bool lists = json.ValueKind == JsonValueKind.Array && json.EnumerateArray().Any(e => e.ValueKind == JsonValueKind.Array);
        if (!lists && !IsMap(json)) return null;
        List<ComponentValue> metrics = [];
        foreach ((string name, JsonElement asked) in lists ? json.EnumerateArray().Select((e, i) => (i.ToString(CultureInfo.InvariantCulture), e)) : Members(json))
        {
            if (asked.ValueKind == JsonValueKind.Null) continue;
            string place = JsonPointer.Member(pointer, name);
            JsonElement[] all = asked.ValueKind == JsonValueKind.Array ? [.. asked.EnumerateArray()] : [asked];
            for (int i = 0; i < all.Length; i++)
                if (reader.ReadComponent(all[i], "metric", asked.ValueKind == JsonValueKind.Array ? JsonPointer.Element(place, i) : place) is { } metric)
                    metrics.Add(new ComponentValue(OutputMetric, new Arguments(new OrderedDictionary<string, object?> { [Output] = name, [Metric] = metric })) { Place = place });
        }

        return metrics;
    }

    private static ComponentValue? Lost(SpecReader reader, IReadOnlyList<(string Name, JsonElement Loss)> asked, string pointer)
    {
        if (asked.Count == 0)
        {
            reader.Errors.Add(pointer, "out_of_range", "Expected a loss for each output.");
            return null;
        }

        ComponentValue?[] losses = [.. asked.Select(a => reader.ReadComponent(a.Loss, "loss", JsonPointer.Member(pointer, a.Name)))];
        return losses.Contains(null) ? null : Of([.. asked.Select(a => a.Name)], losses!, null, null) with { Place = pointer };
    }

    /// <summary>The loss of several outputs, written out.</summary>
    public static ComponentValue Of(IReadOnlyList<string> outputs, IReadOnlyList<ComponentValue> losses, IReadOnlyList<double>? weights, IReadOnlyList<long>? targets)
        => new(Loss, new Arguments(new OrderedDictionary<string, object?> { [Outputs] = outputs, [Losses] = losses, [Weights] = weights, [Targets] = targets }));

    private static bool IsMap(JsonElement json) => json.ValueKind == JsonValueKind.Object && !JsonText.TryGetMember(json, "type", out _)
        && !JsonText.TryGetMember(json, KerasForm.ClassName, out _)
        && Members(json).Any() && Members(json).All(m => m.Value.ValueKind is JsonValueKind.String or JsonValueKind.Object or JsonValueKind.Array);

    private static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement json)
    {
        foreach (JsonProperty property in json.EnumerateObject())
            if (JsonText.TryGetName(property, out string? name))
                yield return (name, property.Value);
    }
}

using System.Text.Json;
using TrainService.Data.Descriptions;
using TrainService.Jobs.Specs;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Models.Outputs;

/// <summary>Which columns of a table go to which input of a model: <c>dataset.inputs</c>. A column may go to several.</summary>
internal static class InputColumns
{
    public const string Key = "inputs";

    public static ArgumentSpec Argument { get; } = new(Key, ArgumentKind.Json, "Of a table, for a model with several inputs: the columns of each, by the input's name. A column may stand in several.") { Nullable = true };

    /// <summary>The features that the inputs take together, in the order in which they are first named.</summary>
    public static JobReading WithFeatures(JobReading reading)
    {
        if (reading.Arguments.OptionalObject("dataset") is not { } dataset || Read(dataset, reading.Errors) is not { } inputs) return reading;
        if (dataset.IsGiven("features") && dataset.Has("features"))
        {
            reading.Errors.Add("/dataset/features", "conflict", "Give either features or inputs.");
            return reading;
        }

        Arguments changed = dataset.With("features", inputs.SelectMany(i => i.Columns).Distinct(StringComparer.Ordinal).ToArray());
        return new JobReading(reading.Arguments.With("dataset", changed), reading.Errors, reading.Spec?.With("dataset", changed));
    }

    /// <summary>The model, each of its inputs with the places of its numbers in a row of the dataset.</summary>
    public static ComponentValue Place(ComponentValue model, Arguments job, IReadOnlyList<ColumnDescription>? columns, SpecErrors errors)
    {
        if (job.OptionalObject("dataset") is not { } dataset || Read(dataset, errors: null) is not { } inputs) return model;
        if (columns is null || model.Descriptor.Name != FunctionalModel.Descriptor.Name)
        {
            errors.Add($"/dataset/{Key}", "conflict", columns is null ? "Only a table has columns to choose from." : "Only a functional model has several inputs.");
            return model;
        }

        Dictionary<string, long[]> places = Places(dataset.Texts("features"), columns);
        ComponentValue[] layers = [.. model.Arguments.ValueList(FunctionalModel.Layers)];
        var names = new LayerNames(layers.Select(l => l.Arguments.OptionalText(LayerArguments.Name)));
        HashSet<string> found = new(StringComparer.Ordinal);
        for (int i = 0; i < layers.Length; i++)
        {
            string name = names.Of(layers[i]);
            if (layers[i].Descriptor.Name != InputMarker.Descriptor.Name) continue;
            if (inputs.FirstOrDefault(p => p.Name == name).Columns is not { } own)
                errors.Add($"/dataset/{Key}", "required", $"The model's input '{name}' has no columns.", name);
            else if (own.All(places.ContainsKey))
                layers[i] = layers[i] with { Arguments = layers[i].Arguments.With(InputMarker.TakeKey, own.SelectMany(c => places[c]).ToArray()) };
            found.Add(name);
        }

        foreach ((string name, _) in inputs)
            if (!found.Contains(name))
                errors.Add(JsonPointer.Member($"/dataset/{Key}", name), "unknown_name", $"The model has no input '{name}'.", name, NearestName.Of(name, found));
        return model with { Arguments = model.Arguments.With(FunctionalModel.Layers, layers) };
    }

    // A column of words stands there as an indicator for each.
    private static Dictionary<string, long[]> Places(IReadOnlyList<string> features, IReadOnlyList<ColumnDescription> columns)
    {
        Dictionary<string, long[]> places = new(StringComparer.Ordinal);
        long offset = 0;
        foreach (string feature in features)
        {
            int width = columns.FirstOrDefault(c => c.Name == feature)?.Categories?.Count ?? 1;
            places[feature] = [.. Enumerable.Range(0, width).Select(i => offset + i)];
            offset += width;
        }

        return places;
    }

    private static List<(string Name, string[] Columns)>? Read(Arguments dataset, SpecErrors? errors)
    {
        if (!dataset.Has(Key)) return null;
        var given = (JsonElement)dataset.Values[Key]!;
        List<(string, string[])> inputs = [];
        if (given.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in given.EnumerateObject())
            {
                List<string> columns = [];
                if (property.Value.ValueKind == JsonValueKind.Array)
                    foreach (JsonElement column in property.Value.EnumerateArray())
                        if (JsonText.TryGet(column, out string? text))
                            columns.Add(text);
                if (!JsonText.TryGetName(property, out string? name) || columns.Count == 0 || columns.Count != property.Value.GetArrayLength())
                {
                    errors?.Add($"/dataset/{Key}", "wrong_type", "Expected a list of columns for each input.", property.Value);
                    return null;
                }

                inputs.Add((name, [.. columns]));
            }
        }

        if (inputs.Count > 0) return inputs;
        errors?.Add($"/dataset/{Key}", "wrong_type", "Expected an object: the columns of each input, by its name.", given);
        return null;
    }
}

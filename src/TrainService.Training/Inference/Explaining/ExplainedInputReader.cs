using System.Numerics.Tensors;
using System.Text.Json;
using TrainService.Data;
using TrainService.Data.Descriptions;
using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Inference.Explaining;

/// <summary>Finds the sample that a question is about: sent along, or a row of a dataset.</summary>
internal static class ExplainedInputReader
{
    /// <summary>A network that came from elsewhere takes its inputs as they are, pictures as bytes / 255.</summary>
    public static FittedPreprocessing PreprocessingOf(LoadedNetwork network)
        => network.Preprocessing ?? new FittedPreprocessing { InputShape = [.. network.State.Network.InputShape.Axes], Scale = 1 / 255.0 };

    /// <summary>Null when there were errors.</summary>
    public static async Task<ExplainedInput?> ReadAsync(Arguments asked, LoadedNetwork network, DatasetLibrary datasets, SpecErrors errors, CancellationToken ct)
    {
        bool row = asked.Has("row");
        if (asked.Has("input") == (row || asked.Has("dataset")))
            errors.Add("/input", asked.Has("input") ? "conflict" : "required", "Expected either an input, or a row of a dataset.");
        else if (asked.Has("input"))
            return Checked(FromJson((JsonElement)asked.Values["input"]!, network, errors), "/input", errors);
        else if (!row)
            errors.Add("/row", "required", "Which row of the dataset?");
        else if ((asked.OptionalText("dataset") ?? network.Metadata.Dataset) is not { } name)
            errors.Add("/dataset", "required", "This checkpoint does not know what data it was trained on: name a dataset.");
        else
            return Checked(await FromDatasetAsync(asked, name, network, datasets, errors, ct).ConfigureAwait(false), "/row", errors);
        return null;
    }

    /// <summary>A picture's bytes, decoded and brought to the network's size. Null when there were errors.</summary>
    public static ExplainedInput? FromPicture(PictureInput picture, LoadedNetwork network, SpecErrors errors)
        => PictureRows.ReadRaw([picture], network, errors) is { } raw ? Checked(new ExplainedInput(PreprocessingOf(network), raw), "/image", errors) : null;

    private static ExplainedInput? FromJson(JsonElement sample, LoadedNetwork network, SpecErrors errors)
    {
        FittedPreprocessing preprocessing = PreprocessingOf(network);
        var found = new List<SpecError>();
        float[] raw = new float[preprocessing.RawLength];
        if (preprocessing.TryRead(sample, raw, "/input", found))
        {
            var input = new ExplainedInput(preprocessing, raw);
            new LookedUp(network).Check(sample, input.Row, "/input", found);
            if (found.Count == 0) return input;
        }

        foreach (SpecError error in found) errors.Add(error);
        return null;
    }

    private static async Task<ExplainedInput?> FromDatasetAsync(Arguments asked, string name, LoadedNetwork network, DatasetLibrary datasets, SpecErrors errors, CancellationToken ct)
    {
        DataResult<Dataset> opened = await datasets.OpenAsync(name, ct).ConfigureAwait(false);
        if (opened.Value is not { } dataset)
        {
            foreach (SpecError error in opened.Errors) errors.Add(error with { Pointer = "/dataset" });
            return null;
        }

        string part = asked.Text("part");
        Split? rows = part switch { "test" => dataset.Test, "validation" => dataset.Validation, _ => dataset.Train };
        int row = asked.Integer("row");
        if (rows is null)
            errors.Add("/part", "not_found", $"'{name}' has no {part} rows of its own.", part);
        else if (row >= rows.Count)
            errors.Add("/row", "out_of_range", $"Expected 0 to {rows.Count - 1}, got {row}.", row);
        else if (Places(dataset.Description, PreprocessingOf(network), errors) is { } places)
            return Take(dataset.Description, rows, row, places, PreprocessingOf(network));
        return null;
    }

    // Where in the dataset's row each raw number of the network's stands, and which words its numbers stand for; empty: all, as they are.
    private static (int From, int[]? Words)[]? Places(DatasetDescription dataset, FittedPreprocessing preprocessing, SpecErrors errors)
    {
        if (preprocessing.Columns is not { } columns)
        {
            if (dataset.Columns is null && dataset.InputShape.Aggregate(1, (a, b) => a * b) == preprocessing.RawLength) return [];
            errors.Add("/dataset", "impossible_shape", $"The network takes inputs of shape [{string.Join(", ", preprocessing.InputShape)}]; '{dataset.Name}' has others.", dataset.Name);
            return null;
        }

        var places = new (int, int[]?)[columns.Count];
        for (int i = 0; i < columns.Count; i++)
        {
            int at = dataset.Columns?.ToList().FindIndex(c => c.Name == columns[i].Name && c.Categories is null == columns[i].Categories is null) ?? -1;
            if (at < 0)
            {
                errors.Add("/dataset", "not_found", $"'{dataset.Name}' has no column '{columns[i].Name}' of the kind that the network takes.", dataset.Name);
                return null;
            }

            List<string>? words = columns[i].Categories?.ToList();
            places[i] = (at, words is null ? null : [.. dataset.Columns![at].Categories!.Select(w => words.IndexOf(w))]);
        }

        return places;
    }

    private static ExplainedInput Take(DatasetDescription dataset, Split rows, int row, (int From, int[]? Words)[] places, FittedPreprocessing preprocessing)
    {
        float[] values = new float[rows.Inputs.RowLength];
        rows.Inputs.CopyRow(row, values);
        float[] raw = places.Length == 0 ? values : [.. places.Select(p => p.Words is null ? values[p.From] : p.Words[(int)values[p.From]])];
        string? actual = null;
        if (dataset.Target is { Kind: TargetKind.Class, ClassNames: { } names })
        {
            float[] target = new float[rows.Targets.RowLength];
            rows.Targets.CopyRow(row, target);
            actual = (int)target[0] is var index && index >= 0 && index < names.Count ? names[index] : null;
        }

        return new ExplainedInput(preprocessing, raw, actual);
    }

    private static ExplainedInput? Checked(ExplainedInput? input, string place, SpecErrors errors)
    {
        if (input is null) return null;
        if (TensorPrimitives.IsFiniteAll<float>(input.Row)) return input;
        errors.Add(place, "not_finite", "A number here is missing, or too large for float32.");
        return null;
    }
}

using TrainService.Data.Descriptions;
using TrainService.Data.Selection;
using TrainService.Data.Storage;
using TrainService.Tensors;
using TrainService.Tensors.Randomness;

namespace TrainService.Data.Import;

/// <summary>Sets rows of a dataset of one part aside for validation and testing: by class when there are classes, else at random; seeded.</summary>
internal static class Divider
{
    /// <summary>Moves the rows into <paramref name="target"/>; the description with the new counts, or null when a part would be empty.</summary>
    public static DatasetDescription? Divide(string source, string target, DatasetDescription description, ImportContext context)
    {
        ImportOptions options = context.Options;
        int rows = description.Counts.Train;
        int validation = Share(rows, options.ValidationSplit), test = Share(rows, options.TestSplit);
        foreach ((string option, double? share, int count) in ((string, double?, int)[])[("validation_split", options.ValidationSplit, validation),
            ("test_split", options.TestSplit, test)])
            if (share is not null && count == 0)
                context.Errors.Add("out_of_range", $"{share} of {rows:N0} rows is less than one row", column: option);
        if (validation + test >= rows) context.Errors.Add("out_of_range", $"no rows are left to train on, of {rows:N0}", column: "validation_split");
        if (context.Errors.Any) return null;
        Part[] parts = Assign(StoredDataset.Open(source, description).Train, description.Target, validation, test, options.Seed);
        var writers = DatasetFiles.Parts.ToDictionary(part => part, part => new PartWriter(target, part, context.Budget));
        try
        {
            Copy(source, DatasetFiles.Inputs(Part.Train), parts, part => writers[part].WriteInputs, context);
            Copy(source, DatasetFiles.Targets(Part.Train), parts, part => writers[part].WriteTargets, context);
            Copy(source, DatasetFiles.Weights(Part.Train), parts, part => writers[part].WriteWeights, context);
            foreach (PartWriter writer in writers.Values) writer.Complete();
        }
        finally
        {
            foreach (PartWriter writer in writers.Values) writer.Dispose();
        }
        return description with { Counts = new(rows - validation - test, validation > 0 ? validation : null, test > 0 ? test : null) };
    }

    private static int Share(int rows, double? share) => share is { } f ? rows - (int)Math.Floor(rows * (1 - f)) : 0;

    private static Part[] Assign(Split rows, TargetDescription target, int validation, int test, ulong seed)
    {
        int[]? labels = target.Kind == TargetKind.Class ? Labels(rows.Targets) : null;
        bool[] Choose(int[] among, int take, uint stream)
        {
            var random = new PhiloxStream(seed, RandomPurpose.Split, stream);
            return labels is null ? RowChoice.Random(among.Length, take, random)
                : RowChoice.Stratified([.. among.Select(row => labels[row])], target.ClassNames!.Count, take, random);
        }
        var parts = new Part[rows.Count];
        int[] all = [.. Enumerable.Range(0, rows.Count)];
        bool[] tested = Choose(all, test, 1);
        int[] rest = [.. all.Where(row => !tested[row])];
        bool[] validated = Choose(rest, validation, 2);
        foreach (int row in all) parts[row] = tested[row] ? Part.Test : Part.Train;
        for (int i = 0; i < rest.Length; i++)
            if (validated[i]) parts[rest[i]] = Part.Validation;
        return parts;
    }

    /// <summary>Class indices of all rows.</summary>
    internal static int[] Labels(RowSource targets)
    {
        int[] labels = new int[targets.Count];
        float label = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            targets.CopyRow(i, new Span<float>(ref label));
            labels[i] = (int)label;
        }
        return labels;
    }

    private delegate void WriteRow(ReadOnlySpan<byte> row);

    private static void Copy(string folder, string name, Part[] parts, Func<Part, WriteRow> write, ImportContext context)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path)) return;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        byte[] row = new byte[stream.Length / parts.Length];
        Dictionary<Part, WriteRow> writers = DatasetFiles.Parts.ToDictionary(part => part, write);
        foreach (Part part in parts)
        {
            context.Stopping.ThrowIfCancellationRequested();
            stream.ReadExactly(row);
            writers[part](row);
        }
    }
}

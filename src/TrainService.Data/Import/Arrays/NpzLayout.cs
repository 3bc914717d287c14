using TrainService.Data.Storage;
using TrainService.Formats;
using TrainService.Formats.Npy;
using TrainService.Specification.Reading;

namespace TrainService.Data.Import.Arrays;

/// <summary>Which arrays of an archive are what: x, y, sample_weight; x_val, y_val, sample_weight_val; x_test, y_test.</summary>
internal static class NpzLayout
{
    private static readonly (Part Part, string Suffix)[] Suffixes = [(Part.Train, ""), (Part.Validation, "_val"), (Part.Test, "_test")];

    /// <summary>Empty when something is wrong.</summary>
    public static IReadOnlyList<ArrayPart> Read(StagedFile file, ImportContext context)
    {
        NpzReader archive = NpzReader.Open(file.Rewind(), ArrayLimits.Of(context.Limits), file.Name);
        List<ArrayPart> parts = [];
        HashSet<string> known = [.. Suffixes.SelectMany(s => new[] { $"x{s.Suffix}", $"y{s.Suffix}", $"sample_weight{s.Suffix}" })];
        foreach (string name in archive.Names.Where(name => !known.Contains(name)))
            context.Errors.Add("unknown_array",
                $"an array '{JsonWords.Short(name)}' is not known{(NearestName.Of(name, known) is { } near ? $"; did you mean '{near}'?" : "")}; "
                + $"arrays are named {string.Join(", ", known)}",
                file.Name, column: JsonWords.Short(name));
        foreach ((Part part, string suffix) in Suffixes)
        {
            ArraySource? Find(string name) => archive.Names.Contains(name + suffix) ? NpzSource.Find(archive, file.Name, name + suffix) : null;
            ArraySource? x = Find("x"), y = Find("y"), weights = Find("sample_weight");
            if (x is not null && y is not null) parts.Add(new(part, x, y, weights));
            else if (part == Part.Train || x is not null || y is not null || weights is not null)
                context.Errors.Add("missing_array", $"the arrays x{suffix} and y{suffix} must both be there", file.Name,
                    column: x is null ? $"x{suffix}" : $"y{suffix}");
        }
        return context.Errors.Any ? [] : parts;
    }
}

/// <summary>What reading arrays may cost.</summary>
internal static class ArrayLimits
{
    public static FormatLimits Of(DatasetLimits limits) => new() { MaxBytes = limits.MaxStoredBytes, MaxArrays = 1000, MaxHeaderBytes = 1 << 20 };
}

using TrainService.Data.Storage;
using TrainService.Formats;
using TrainService.Formats.Npy;
using TrainService.Specification.Reading;

namespace TrainService.Data.Import.Arrays;

/// <summary>
/// Which arrays of an archive are what: x, y, sample_weight; x_val, y_val, sample_weight_val; x_test, y_test. For a model with several inputs x_NAME
/// (x_val_NAME, x_test_NAME) in place of x, and for one with several outputs y_NAME in place of y: one array for each.
/// </summary>
internal static class NpzLayout
{
    private static readonly (Part Part, string Suffix)[] Suffixes = [(Part.Train, ""), (Part.Validation, "_val"), (Part.Test, "_test")];

    /// <summary>Empty when something is wrong.</summary>
    public static IReadOnlyList<ArrayPart> Read(StagedFile file, ImportContext context)
    {
        NpzReader archive = NpzReader.Open(file.Rewind(), ArrayLimits.Of(context.Limits), file.Name);
        List<ArrayPart> parts = [];
        HashSet<string> known = [.. Suffixes.SelectMany(s => new[] { $"x{s.Suffix}", $"y{s.Suffix}", $"sample_weight{s.Suffix}" })];
        foreach (string name in archive.Names.Where(name => !known.Contains(name) && !IsNamed(name)))
            context.Errors.Add("unknown_array",
                $"an array '{JsonWords.Short(name)}' is not known{(NearestName.Of(name, known) is { } near ? $"; did you mean '{near}'?" : "")}; "
                + $"arrays are named {string.Join(", ", known)}, or x_NAME and y_NAME for each input and output of a model with several",
                file.Name, column: JsonWords.Short(name));
        bool unlabelled = context.Options.WithoutLabels;
        foreach ((Part part, string suffix) in Suffixes)
        {
            int before = context.Errors.All.Count;
            ArraySource? x = Find(archive, file, "x" + suffix, context), y = unlabelled ? null : Find(archive, file, "y" + suffix, context);
            ArraySource? weights = archive.Names.Contains("sample_weight" + suffix) ? NpzSource.Find(archive, file.Name, "sample_weight" + suffix) : null;
            if (x is not null && (y is not null || unlabelled)) parts.Add(new(part, x, y, weights));
            else if (context.Errors.All.Count == before && (part == Part.Train || x is not null || y is not null || weights is not null))
                context.Errors.Add("missing_array", unlabelled ? $"the array x{suffix} must be there" : $"the arrays x{suffix} and y{suffix} must both be there; rows without labels need \"target\": \"none\"", file.Name,
                    column: x is null ? $"x{suffix}" : $"y{suffix}");
        }
        return context.Errors.Any ? [] : parts;
    }

    /// <summary>The array of that name, or those that have it before a name of their own, joined by name.</summary>
    private static ArraySource? Find(NpzReader archive, StagedFile file, string name, ImportContext context)
    {
        string[] own = [.. archive.Names.Where(n => IsNamed(n) && Stem(n) == name).Order(StringComparer.Ordinal)];
        if (!archive.Names.Contains(name))
        {
            (string, ArraySource)[] arrays = [.. own.Select(n => (n[(name.Length + 1)..], (ArraySource)NpzSource.Find(archive, file.Name, n)))];
            return arrays.Length switch { 0 => null, 1 => arrays[0].Item2, _ => JoinedSource.Of(arrays, context) };
        }

        foreach (string other in own)
            context.Errors.Add("conflict", $"there are both {name} and {JsonWords.Short(other)}: either one array for all, or one for each input or output", file.Name, column: JsonWords.Short(other));
        return NpzSource.Find(archive, file.Name, name);
    }

    private static bool IsNamed(string name) => Stem(name) is { } stem && name.Length > stem.Length;

    /// <summary>x, x_val, y_test …: what a name begins with; null when it begins with none of them.</summary>
    private static string? Stem(string name)
    {
        if (name is not (['x' or 'y', '_', _, ..])) return null;
        foreach ((_, string suffix) in Suffixes.Skip(1))
            if (name[1..] == suffix || name[1..].StartsWith(suffix + "_", StringComparison.Ordinal))
                return name[..(1 + suffix.Length)];
        return name[..1];
    }
}

/// <summary>What reading arrays may cost.</summary>
internal static class ArrayLimits
{
    public static FormatLimits Of(DatasetLimits limits) => new() { MaxBytes = limits.MaxStoredBytes, MaxArrays = 1000, MaxHeaderBytes = 1 << 20 };
}

using TrainService.Data.Storage;
using TrainService.Formats;

namespace TrainService.Data.Import.Arrays;

/// <summary>
/// Which IDX files are what. Files of one axis are labels, others are inputs; a name with "t10k" or "test" belongs to the test rows, one with
/// "val" to the validation rows, any other to the training rows.
/// </summary>
internal static class IdxLayout
{
    /// <summary>Empty when something is wrong.</summary>
    public static IReadOnlyList<ArrayPart> Read(IReadOnlyList<StagedFile> files, ImportContext context)
    {
        FormatLimits limits = ArrayLimits.Of(context.Limits);
        Dictionary<(Part Part, bool Labels), ArraySource> found = [];
        foreach (StagedFile file in files)
        {
            IdxSource source = IdxSource.Find(file, limits);
            if (!found.TryAdd((PartOf(file.Name), source.Shape.Count <= 1), source))
                context.Errors.Add("ambiguous_files",
                    $"there are two files of {(source.Shape.Count <= 1 ? "labels" : "inputs")} for the {DatasetFiles.Word(PartOf(file.Name))} rows",
                    file.Name);
        }
        bool unlabelled = context.Options.WithoutLabels;
        List<ArrayPart> parts = [];
        foreach (Part part in DatasetFiles.Parts)
        {
            ArraySource? x = found.GetValueOrDefault((part, false)), y = unlabelled ? null : found.GetValueOrDefault((part, true));
            if (x is not null && (y is not null || unlabelled)) parts.Add(new(part, x, y, null));
            else if (part == Part.Train || x is not null || y is not null)
                context.Errors.Add("missing_file",
                    unlabelled ? $"the {DatasetFiles.Word(part)} rows need an IDX file of inputs"
                        : $"the {DatasetFiles.Word(part)} rows need two IDX files, inputs and labels; {(x is null ? "inputs are missing" : "labels are missing (rows without them need \"target\": \"none\")")}",
                    x?.File ?? y?.File);
        }
        return context.Errors.Any ? [] : parts;
    }

    private static Part PartOf(string name)
        => name.Contains("t10k", StringComparison.OrdinalIgnoreCase) || name.Contains("test", StringComparison.OrdinalIgnoreCase) ? Part.Test
            : name.Contains("val", StringComparison.OrdinalIgnoreCase) ? Part.Validation : Part.Train;
}

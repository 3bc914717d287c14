using TrainService.Data.Pictures;
using TrainService.Data.Storage;
using TrainService.Formats.Zip;

namespace TrainService.Data.Import.Pictures;

/// <summary>
/// What the folders of an archive mean: one a class, or <c>train</c>, <c>val</c>, <c>test</c> with one a class in each; a folder around all of it
/// does not count. Nothing is ever written where a name says: names are only read.
/// </summary>
internal static class PictureLayout
{
    private static readonly Dictionary<string, Part> PartNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = Part.Train, ["training"] = Part.Train,
        ["val"] = Part.Validation, ["valid"] = Part.Validation, ["validation"] = Part.Validation,
        ["test"] = Part.Test, ["testing"] = Part.Test,
    };

    /// <summary>In the order of their names, so that an archive's own order does not matter. Empty when something is wrong.</summary>
    /// <param name="unlabelled">Folders are no classes, and need not be there.</param>
    public static IReadOnlyList<PictureFile> Read(ZipArchiveReader archive, string file, bool unlabelled, ImportErrors errors)
    {
        List<(ZipEntry Entry, string[] Path)> pictures = [];
        foreach (ZipEntry entry in archive.Entries)
        {
            string[] path = entry.Name.Replace('\\', '/').Split('/');
            if (entry.IsLink) errors.Add("unsafe_entry", "the entry is a link; archives of pictures hold files only", Shown(entry));
            else if (path.Any(p => p is ".." or "." or "") || path[0].Contains(':') || entry.Name.Contains('\0'))
                errors.Add("unsafe_entry", "the entry's name leads out of the archive", Shown(entry));
            else if (IsPicture(path)) pictures.Add((entry, path));
        }

        if (errors.Any) return [];
        if (pictures.Count == 0) errors.Add("no_pictures", $"the archive has no picture; names end in {string.Join(", ", PictureDecoder.Extensions)}", file);
        int skip = Around(pictures);
        bool parts = pictures.All(p => p.Path.Length > skip + 1 && PartNames.ContainsKey(p.Path[skip]));
        int folder = parts ? skip + 1 : skip;
        List<PictureFile> found = [];
        foreach ((ZipEntry entry, string[] path) in pictures)
        {
            if (path.Length <= folder + 1 && !unlabelled)
                errors.Add("no_class", $"the picture lies in no folder of a class; expected {(parts ? "train/CLASS/NAME.jpg" : "CLASS/NAME.jpg")}, or \"target\": \"none\" for pictures without labels", Shown(entry));
            else found.Add(new PictureFile(entry, parts ? PartNames[path[skip]] : Part.Train, unlabelled ? null : path[folder]));
        }

        if (!errors.Any && found.TrueForAll(p => p.Part != Part.Train)) errors.Add("no_pictures", "the archive has no folder train", file);
        return errors.Any ? [] : [.. found.OrderBy(p => p.Entry.Name, StringComparer.Ordinal)];
    }

    /// <summary>The archive has a picture, by the names alone.</summary>
    public static bool HasPictures(ZipArchiveReader archive) => archive.Entries.Any(e => IsPicture(e.Name.Replace('\\', '/').Split('/')));

    public static string Shown(ZipEntry entry) => Formats.ArrayFormatException.Printable(entry.Name);

    private static bool IsPicture(string[] path)
        => path[0] != "__MACOSX" && !path[^1].StartsWith('.') && PictureDecoder.Extensions.Any(e => path[^1].EndsWith(e, StringComparison.OrdinalIgnoreCase));

    // A folder that holds everything is no class, as long as there are folders in it.
    private static int Around(List<(ZipEntry Entry, string[] Path)> pictures)
    {
        int skip = 0;
        while (pictures.Count > 0 && pictures.TrueForAll(p => p.Path.Length > skip + 2 && p.Path[skip] == pictures[0].Path[skip])) skip++;
        // All of them may lie in train.
        return skip > 0 && pictures.Count > 0 && PartNames.ContainsKey(pictures[0].Path[skip - 1]) ? skip - 1 : skip;
    }
}

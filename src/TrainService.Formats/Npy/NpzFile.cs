using System.IO.Compression;

namespace TrainService.Formats.Npy;

/// <summary>Arrays as an NPZ file: a ZIP of NPY files.</summary>
public static class NpzFile
{
    /// <summary>All arrays. Throws <see cref="ArrayFormatException"/>.</summary>
    /// <param name="stream">Seekable.</param>
    public static IReadOnlyList<NamedArray> Read(Stream stream, FormatLimits? limits = null, string file = "archive.npz")
        => NpzReader.Open(stream, limits, file).ReadAll();

    /// <summary>Writes them in the order given; names must differ. Stays within one pass: the stream need not be seekable.</summary>
    public static void Write(Stream stream, IEnumerable<NamedArray> arrays, bool compress = false)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (NamedArray array in arrays)
        {
            if (!names.Add(array.Name)) throw new ArgumentException($"Two arrays are called '{array.Name}'.", nameof(arrays));
            ZipArchiveEntry entry = archive.CreateEntry(array.Name + ".npy", compress ? CompressionLevel.Optimal : CompressionLevel.NoCompression);
            // The same arrays give the same bytes, whenever they are written; 1980 is the earliest year that ZIP knows.
            entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using Stream target = entry.Open();
            NpyFile.Write(target, array);
        }
    }
}

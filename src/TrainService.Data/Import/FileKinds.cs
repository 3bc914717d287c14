using System.IO.Compression;
using TrainService.Data.Import.Pictures;
using TrainService.Formats;

namespace TrainService.Data.Import;

/// <summary>What an uploaded file is, by its first bytes.</summary>
internal static class FileKinds
{
    // Spaces, and the byte order mark of UTF-8.
    private static ReadOnlySpan<byte> Blank => [0xEF, 0xBB, 0xBF, (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n'];

    /// <summary>csv, jsonl, npz, images or idx; or null and a sentence on what it is instead.</summary>
    /// <param name="gzipped">The bytes are packed, and what counts is inside.</param>
    public static string? Find(StagedFile file, out bool gzipped, out string? problem)
    {
        Span<byte> raw = stackalloc byte[1024];
        ReadOnlySpan<byte> start = raw[..file.Rewind().ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false)];
        problem = null;
        gzipped = start is [0x1F, 0x8B, ..];
        if (gzipped)
        {
            using var unpacked = new GZipStream(file.Rewind(), CompressionMode.Decompress, leaveOpen: true);
            start = raw[..unpacked.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false)];
        }
        if (start.IsEmpty) problem = "the file is empty";
        else if (start is [0, 0, >= 0x08 and <= 0x0E, ..]) return "idx";
        else if (start is [(byte)'P', (byte)'K', 3 or 5, 4 or 6, ..]) return HasPictures(file) ? "images" : "npz";
        else if (start.StartsWith("PAR1"u8)) problem = "Parquet files are not read; save it as CSV, NPZ or JSON Lines";
        else if (start is [0x89, (byte)'H', (byte)'D', (byte)'F', ..]) problem = "HDF5 files are not read; save it as NPZ";
        else if (start is [0x93, (byte)'N', (byte)'U', (byte)'M', ..])
            problem = "this is a single NPY array; save inputs and targets together: numpy.savez(file, x=x, y=y)";
        else if (start.TrimStart(Blank) is [(byte)'{', ..]) return "jsonl";
        else if (start.TrimStart(Blank) is [(byte)'[', (byte)'{' or (byte)' ' or (byte)'\n' or (byte)'\r', ..])
            problem = "this is one JSON list; JSON Lines has one object on each line, without commas between";
        // UTF-16 has zeros, but then starts with a byte order mark.
        else if (start.Contains((byte)0) && start is not ([0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]))
            problem = "this is no text, and no NPZ or IDX file either";
        else return "csv";
        return null;
    }

    // Both are ZIP archives. What is wrong with one is for its reader to say.
    private static bool HasPictures(StagedFile file)
    {
        try
        {
            return PictureLayout.HasPictures(PictureImporter.Open(file, new DatasetLimits()));
        }
        catch (ArrayFormatException)
        {
            return false;
        }
    }
}

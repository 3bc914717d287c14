using System.Buffers.Binary;
using System.Globalization;
using TrainService.Storage.Files;

namespace TrainService.Storage.Checkpoints;

/// <summary>
/// The files of resume points: <c>resume/{job}/{attempt}-a.resume</c> and <c>-b</c> in turn. Payload, then a trailer of 56 bytes: magic,
/// counter, length of the payload (little endian), SHA-256 of all before it. The newest whole one counts, by attempt, then by counter:
/// an earlier run that wakes up late writes under its own number and changes nothing.
/// </summary>
internal sealed class ResumePoints(string root)
{
    private const string Extension = ".resume";
    private const int Kept = 2;
    private const int HashLength = 32;
    private const int TrailerLength = 8 + 8 + 8 + HashLength;

    private static ReadOnlySpan<byte> Magic => "TSRESUM1"u8;

    /// <param name="stillOurs">Asked after the data is on disk and before it becomes visible.</param>
    public async Task<bool> SaveAsync(string jobId, int attempt, Func<Stream, CancellationToken, Task> write, Func<Task<bool>> stillOurs, CancellationToken ct)
    {
        string folder = FolderOf(jobId);
        List<Point> points = Find(folder);
        List<Point> own = [.. points.Where(p => p.Attempt == attempt)];
        long counter = own.Count == 0 ? 1 : own[0].Counter + 1;

        // The slot that does not hold the newest of this run.
        string slot = own.Count > 0 && own[0].Slot == "a" ? "b" : "a";
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{attempt:D6}-{slot}{Extension}"));
        if (!await DurableFile.WriteAsync(path, file => WriteAsync(file, counter, write, ct), stillOurs).ConfigureAwait(false))
            return false;

        foreach (Point old in Find(folder).Skip(Kept))
            DurableFile.Delete(old.Path);
        return true;
    }

    /// <summary>The newest whole payload; null when there is none.</summary>
    /// <param name="damaged">Told each file that is not whole.</param>
    public async Task<Stream?> OpenAsync(string jobId, CancellationToken ct, Action<string>? damaged = null)
    {
        foreach (Point point in Find(FolderOf(jobId), damaged))
        {
            FileStream? file = Open(point.Path);
            if (file is null)
                continue;
            if (await IsWholeAsync(file, point.Length, ct).ConfigureAwait(false))
                return new HeadStream(file, point.Length);
            await file.DisposeAsync().ConfigureAwait(false);
            damaged?.Invoke(Path.GetFileName(point.Path));
        }
        return null;
    }

    public void Delete(string jobId)
    {
        string folder = FolderOf(jobId);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Ids of the jobs that have any.</summary>
    public IEnumerable<string> Jobs() => Directory.EnumerateDirectories(root).Select(d => Path.GetFileName(d));

    public string FolderOf(string jobId) => Path.Combine(root, jobId);

    private static async Task WriteAsync(FileStream file, long counter, Func<Stream, CancellationToken, Task> write, CancellationToken ct)
    {
        await using HashingStream hashing = new(file);
        await write(hashing, ct).ConfigureAwait(false);
        byte[] trailer = new byte[TrailerLength - HashLength];
        Magic.CopyTo(trailer);
        BinaryPrimitives.WriteInt64LittleEndian(trailer.AsSpan(8), counter);
        BinaryPrimitives.WriteInt64LittleEndian(trailer.AsSpan(16), hashing.Length);
        await hashing.WriteAsync(trailer, ct).ConfigureAwait(false);
        await file.WriteAsync(hashing.Hash(), ct).ConfigureAwait(false);
    }

    /// <summary>Those whose trailer can be read, newest first.</summary>
    private static List<Point> Find(string folder, Action<string>? damaged = null)
    {
        List<Point> points = [];
        if (Directory.Exists(folder))
            foreach (string path in Directory.EnumerateFiles(folder, "*" + Extension))
                if (Read(path) is { } point)
                    points.Add(point);
                else if (File.Exists(path))
                    damaged?.Invoke(Path.GetFileName(path));
        points.Sort((x, y) => (y.Attempt, y.Counter).CompareTo((x.Attempt, x.Counter)));
        return points;
    }

    private static Point? Read(string path)
    {
        string[] name = Path.GetFileNameWithoutExtension(path).Split('-');
        if (name.Length != 2 || !int.TryParse(name[0], NumberStyles.None, CultureInfo.InvariantCulture, out int attempt))
            return null;
        using FileStream? file = Open(path);
        if (file is null || file.Length < TrailerLength)
            return null;
        Span<byte> trailer = stackalloc byte[TrailerLength - HashLength];
        file.Position = file.Length - TrailerLength;
        file.ReadExactly(trailer);
        long length = BinaryPrimitives.ReadInt64LittleEndian(trailer[16..]);
        return trailer[..8].SequenceEqual(Magic) && length == file.Length - TrailerLength
            ? new(path, attempt, name[1], BinaryPrimitives.ReadInt64LittleEndian(trailer[8..]), length)
            : null;
    }

    private static async Task<bool> IsWholeAsync(FileStream file, long length, CancellationToken ct)
    {
        byte[] expected = new byte[HashLength];
        file.Position = file.Length - HashLength;
        await file.ReadExactlyAsync(expected, ct).ConfigureAwait(false);
        byte[] actual = await FileHash.ComputeAsync(file, length + TrailerLength - HashLength, ct).ConfigureAwait(false);
        return actual.AsSpan().SequenceEqual(expected);
    }

    private static FileStream? Open(string path)
    {
        try
        {
            return new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 17);
        }
        catch (FileNotFoundException)
        {
            // Another run of this job has just cleaned up.
            return null;
        }
    }

    private sealed record Point(string Path, int Attempt, string Slot, long Counter, long Length);
}

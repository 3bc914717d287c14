using TrainService.Jobs.Ports;
using TrainService.Storage.Files;

namespace TrainService.Storage.Checkpoints;

/// <summary>The files of checkpoints: <c>checkpoints/{job, or uploaded}/{id}.safetensors</c>.</summary>
internal sealed class CheckpointFiles(string root)
{
    public const string Extension = ".safetensors";
    private const string Uploaded = "uploaded";

    public string PathOf(string? jobId, string id) => Path.Combine(root, jobId ?? Uploaded, id + Extension);

    public string PathOf(CheckpointRecord c) => PathOf(c.JobId, c.Id);

    /// <returns>Length and SHA-256 (lower-case hexadecimal) of what is now on disk.</returns>
    public static async Task<(long Bytes, string Sha256)> WriteAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken ct)
    {
        (long, string) written = default;
        await DurableFile.WriteAsync(path, async file =>
        {
            await using HashingStream hashing = new(file);
            await write(hashing, ct).ConfigureAwait(false);
            written = (hashing.Length, Convert.ToHexStringLower(hashing.Hash()));
        }).ConfigureAwait(false);
        return written;
    }

    /// <summary>The file, after its length and hash have been compared with the row's.</summary>
    /// <exception cref="InvalidDataException">Gone or damaged; names the file.</exception>
    public async Task<Stream> OpenAsync(CheckpointRecord checkpoint, CancellationToken ct)
    {
        string path = PathOf(checkpoint);
        FileStream file;
        try
        {
            file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 17, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException($"The file of checkpoint {checkpoint.Id} is gone: '{path}'.", e);
        }
        try
        {
            if (file.Length != checkpoint.Bytes)
                throw Damaged(checkpoint, path, $"it has {file.Length} bytes, {checkpoint.Bytes} were written");
            string hash = Convert.ToHexStringLower(await FileHash.ComputeAsync(file, checkpoint.Bytes, ct).ConfigureAwait(false));
            if (hash != checkpoint.Sha256)
                throw Damaged(checkpoint, path, $"its SHA-256 is {hash}, {checkpoint.Sha256} was written");
            return file;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether the file is there in its full length; <see cref="OpenAsync"/> looks closer.</summary>
    public bool LooksWhole(CheckpointRecord c) => new FileInfo(PathOf(c)) is { Exists: true } file && file.Length == c.Bytes;

    /// <summary>The folders, by the job's id (null for uploads).</summary>
    public IEnumerable<(string? JobId, string Path)> Folders()
        => Directory.EnumerateDirectories(root).Select(d => (Path.GetFileName(d) is Uploaded ? null : (string?)Path.GetFileName(d), d));

    public void Delete(string? jobId, string id)
    {
        string path = PathOf(jobId, id);
        DurableFile.Delete(path);
        DeleteIfEmpty(Path.GetDirectoryName(path)!);
    }

    public static void DeleteIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Not empty, or gone.
        }
    }

    private static InvalidDataException Damaged(CheckpointRecord c, string path, string how)
        => new($"The file of checkpoint {c.Id} is damaged: '{path}': {how}.");
}

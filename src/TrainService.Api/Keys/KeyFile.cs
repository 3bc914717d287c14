using System.Text.Json;
using System.Text.Json.Serialization;

namespace TrainService.Api.Keys;

/// <summary>
/// The keys, in <c>keys.json</c> of the data folder: a file, so that the command can change it while the service holds the database. Readable by
/// its owner alone; changed under a lock, whole or not at all.
/// </summary>
internal sealed class KeyFile(string dataFolder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true,
    };

    public string Path { get; } = System.IO.Path.Combine(dataFolder, "keys.json");

    /// <summary>Changes with every change of the file; null when there is none.</summary>
    public (DateTime Written, long Length)? Stamp() => new FileInfo(Path) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : null;

    /// <exception cref="InvalidDataException">It is not what this program writes.</exception>
    public IReadOnlyList<ApiKey> Read()
    {
        try
        {
            return JsonSerializer.Deserialize<List<ApiKey>>(File.ReadAllBytes(Path), Json) ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The file of API keys '{Path}' can't be read: {e.Message}", e);
        }
    }

    /// <summary>Replaces the keys by what <paramref name="change"/> makes of them.</summary>
    public void Change(Func<IReadOnlyList<ApiKey>, IEnumerable<ApiKey>> change)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        using FileStream held = Lock();
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(change(Read()).ToArray(), Json);
        string temporary = Path + ".tmp";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var file = new FileStream(temporary, options))
        {
            file.Write(text);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, Path, overwrite: true);
    }

    private FileStream Lock()
    {
        for (DateTime end = DateTime.UtcNow + LockPatience; ;)
        {
            try
            {
                return new FileStream(Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (DateTime.UtcNow < end)
            {
                Thread.Sleep(50);
            }
        }
    }
}

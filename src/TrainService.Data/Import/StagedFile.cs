using TrainService.Formats;

namespace TrainService.Data.Import;

/// <summary>A file of an upload, readable as often as needed.</summary>
internal sealed class StagedFile : IDisposable
{
    private readonly Stream _stream;
    private readonly long _start;
    private readonly bool _owned;

    private StagedFile(string name, Stream stream, bool owned) => (Name, _stream, _start, _owned) = (name, stream, stream.Position, owned);

    /// <summary>As the sender calls it, fit for messages.</summary>
    public string Name { get; }

    public long Length => _stream.Length - _start;

    /// <summary>
    /// A stream that can go back is read where it is; any other is written to <paramref name="folder"/> first. Null when it is longer than
    /// <paramref name="limit"/>.
    /// </summary>
    public static async Task<StagedFile?> TakeAsync(UploadedFile file, string folder, int index, long limit, CancellationToken ct)
    {
        string name = ArrayFormatException.Printable(file.FileName);
        if (file.Content.CanSeek) return file.Content.Length - file.Content.Position > limit ? null : new(name, file.Content, owned: false);
        var copy = new FileStream(Path.Combine(folder, $"upload.{index}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16,
            FileOptions.DeleteOnClose);
        try
        {
            byte[] block = new byte[1 << 16];
            for (int got; (got = await file.Content.ReadAsync(block, ct)) > 0;)
            {
                if (copy.Length + got > limit)
                {
                    await copy.DisposeAsync();
                    return null;
                }
                await copy.WriteAsync(block.AsMemory(0, got), ct);
            }
            copy.Position = 0;
            return new(name, copy, owned: true);
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }

    /// <summary>The file from its start. One reader at a time; closing the stream that is given leaves the file open.</summary>
    public Stream Rewind()
    {
        _stream.Position = _start;
        return _stream;
    }

    public void Dispose()
    {
        if (_owned) _stream.Dispose();
    }
}

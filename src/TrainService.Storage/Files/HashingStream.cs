using System.Security.Cryptography;

namespace TrainService.Storage.Files;

/// <summary>
/// Writes through to a file, forward only, and computes length and SHA-256 on the way. Leaves the file open. Only the file's own faults
/// become storage faults; those of whoever produces the bytes pass as they are.
/// </summary>
internal sealed class HashingStream(FileStream inner) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException("Forward only.");
    }

    /// <summary>The hash of what was written so far.</summary>
    public byte[] Hash() => _hash.GetCurrentHash();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (Exception e) when (StorageFaults.Translate(e, inner.Name) is { } translated)
        {
            throw translated;
        }
        _hash.AppendData(buffer);
        _length += buffer.Length;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (StorageFaults.Translate(e, inner.Name) is { } translated)
        {
            throw translated;
        }
        _hash.AppendData(buffer.Span);
        _length += buffer.Length;
    }

    // The owner of the file flushes it once, at its end, to the disk.
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write only.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("Forward only.");

    public override void SetLength(long value) => throw new NotSupportedException("Forward only.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}

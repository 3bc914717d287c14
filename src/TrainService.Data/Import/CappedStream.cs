using TrainService.Data.Storage;
using TrainService.Formats;

namespace TrainService.Data.Import;

/// <summary>What a packed file unpacks to, up to a limit: beyond it <see cref="StorageBudgetException"/>.</summary>
internal sealed class CappedStream(Stream inner, long limit) : ReadOnlyStream
{
    private long _read;

    public override int Read(Span<byte> buffer)
    {
        int got = inner.Read(buffer);
        _read += got;
        return _read > limit ? throw new StorageBudgetException(limit) : got;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}

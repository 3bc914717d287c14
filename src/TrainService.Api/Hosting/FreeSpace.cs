using Microsoft.Extensions.Options;
using TrainService.Api.Problems;

namespace TrainService.Api.Hosting;

/// <summary>Room on the disk of the data folder. New work is refused before it is full, so that running work can still be saved.</summary>
internal sealed class FreeSpace(IOptions<ServiceOptions> options, TimeProvider? time = null)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private volatile Seen? _seen;

    /// <summary>Null when there is enough, else a sentence.</summary>
    public string? Reason()
    {
        Seen? seen = _seen;
        if (seen is null || _time.GetElapsedTime(seen.At) > LookEvery)
            _seen = seen = new(_time.GetTimestamp(), Free());
        return seen.Bytes >= options.Value.MinFreeBytes ? null
            : $"The disk of the data folder has {seen.Bytes >> 20:N0} MiB left; new work is taken from {options.Value.MinFreeBytes >> 20:N0} MiB on.";
    }

    /// <summary>Throws a 503 when there is too little.</summary>
    public void Require()
    {
        if (Reason() is { } reason)
            throw new ProblemException(ProblemOf.Unavailable(reason, retryAfterSeconds: 60));
    }

    private long Free()
    {
        try
        {
            return new DriveInfo(options.Value.DataFolder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A file system that does not say: writing will tell.
            return long.MaxValue;
        }
    }

    private sealed record Seen(long At, long Bytes);
}

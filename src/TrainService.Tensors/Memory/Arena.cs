using System.Runtime.InteropServices;

namespace TrainService.Tensors.Memory;

/// <summary>
/// One block of native float32 memory, aligned to 64 bytes and zeroed, that a plan places its buffers in. Freed by <see cref="IDisposable.Dispose"/>,
/// or by the finalizer if that was forgotten.
/// </summary>
public sealed unsafe class Arena : SafeHandle
{
    /// <summary>A cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    private readonly long _bytes;

    /// <param name="length">In floats; 0 is allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or more bytes than an address can count.</exception>
    /// <exception cref="OutOfMemoryException">The system has no such block.</exception>
    public Arena(long length) : base(0, ownsHandle: true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, (long)(nint.MaxValue / sizeof(float)) - Alignment);
        Length = length;
        _bytes = Math.Max(length * sizeof(float), Alignment);
        nuint alignment = _bytes >= HugePages.WorthFrom ? HugePages.Size : Alignment;
        void* block = NativeMemory.AlignedAlloc((nuint)_bytes, alignment);
        SetHandle((nint)block);
        if (_bytes >= HugePages.WorthFrom) HugePages.AskFor(block, (nuint)_bytes);
        NativeMemory.Clear(block, (nuint)_bytes);
        GC.AddMemoryPressure(_bytes);
    }

    /// <summary>How many floats it holds.</summary>
    public long Length { get; }

    public override bool IsInvalid => handle == 0;

    /// <summary>Address of the float at <paramref name="offset"/>; one past the end is allowed. Valid until the arena is disposed.</summary>
    public float* At(long offset)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)offset, (ulong)Length, nameof(offset));
        return (float*)handle + offset;
    }

    /// <summary>The <paramref name="length"/> floats from <paramref name="offset"/> on. Valid until the arena is disposed.</summary>
    public Span<float> Span(long offset, int length)
    {
        float* start = At(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return new Span<float>(start, length);
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        GC.RemoveMemoryPressure(_bytes);
        return true;
    }
}

using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace TrainService.Data.Storage;

/// <summary>
/// A file's bytes, mapped for reading: the operating system keeps in memory what is used, and shares it between jobs and processes.
/// Unmapped when nothing refers to it any more, never earlier, so that rows in use cannot vanish under a computing thread; the file itself may be
/// deleted meanwhile.
/// </summary>
internal sealed unsafe class MappedFile
{
    // Unmaps in its finalizer. AcquirePointer would count as a use that only an explicit end could take back.
    private readonly SafeMemoryMappedViewHandle? _view;
    private readonly byte* _start;

    /// <param name="length">How long the file must be; anything else is <see cref="InvalidDataException"/>.</param>
    public MappedFile(string path, long length)
    {
        Length = length;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (stream.Length != length) throw new InvalidDataException($"{Path.GetFileName(path)} has {stream.Length:N0} bytes instead of {length:N0}.");
        // An empty file cannot be mapped.
        if (length == 0) return;
        // The view outlives the file's handle.
        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None,
            leaveOpen: true);
        _view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read).SafeMemoryMappedViewHandle;
        _start = (byte*)_view.DangerousGetHandle();
    }

    public long Length { get; }

    /// <summary>A part of the file. Only valid while the caller keeps this object alive (<see cref="GC.KeepAlive"/>).</summary>
    public ReadOnlySpan<byte> Slice(long offset, int count)
    {
        if (offset < 0 || count < 0 || offset > Length - count) throw new ArgumentOutOfRangeException(nameof(offset));
        return _view is null ? [] : new(_start + offset, count);
    }
}

using System.Runtime.InteropServices;

namespace TrainService.Storage.Files;

/// <summary>
/// A file that was made, renamed or deleted is only there (or gone) for good once its folder is flushed too. The base library can't open
/// a folder, hence libc. Windows journals its folders by itself.
/// </summary>
internal static partial class DurableFolder
{
    private const int OpenReadOnly = 0;

    /// <summary>Makes the folder, when it is missing, so that it outlives a loss of power.</summary>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
            return;
        string? parent = Path.GetDirectoryName(path);
        if (!string.IsNullOrEmpty(parent))
            Create(parent);
        Directory.CreateDirectory(path);
        if (!string.IsNullOrEmpty(parent))
            Flush(parent);
    }

    /// <exception cref="IOException">The disk failed.</exception>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        int descriptor = Open(path, OpenReadOnly);
        if (descriptor < 0)
            throw Failure("open", path);
        try
        {
            if (FSync(descriptor) != 0)
                throw Failure("flush", path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string what, string path)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new($"Can't {what} the folder '{path}': {Marshal.GetPInvokeErrorMessage(errno)}.", errno);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}

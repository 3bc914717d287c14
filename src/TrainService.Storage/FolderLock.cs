using TrainService.Jobs.Ports;

namespace TrainService.Storage;

/// <summary>
/// Keeps a second process off a data folder with SQLite: at start-up every running job is taken for lost, which is only true when
/// nobody else runs it. The kernel drops the lock with the process, however that ends.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    /// <exception cref="StorageUnavailableException">Another process holds it.</exception>
    public FolderLock(string path)
    {
        try
        {
            _file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException e) when (StorageFaults.Of(e) is null or StorageFault.Unreachable)
        {
            throw new StorageUnavailableException(StorageFault.Unreachable,
                $"'{System.IO.Path.GetDirectoryName(path)}' is in use by another TrainService: stop that one, or take another data folder.", e);
        }
        catch (Exception e) when (StorageFaults.Translate(e, path) is { } translated)
        {
            throw translated;
        }
    }

    public void Dispose() => _file.Dispose();
}

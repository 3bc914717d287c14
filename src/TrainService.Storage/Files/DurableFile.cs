namespace TrainService.Storage.Files;

/// <summary>Files that are there whole or not at all, whatever dies when.</summary>
internal static class DurableFile
{
    public const string TemporaryExtension = ".tmp";

    /// <summary>Writes under a temporary name, flushes to disk, renames, flushes the folder. Nothing is left when it throws.</summary>
    /// <param name="beforeRename">Last chance to give up: false leaves nothing.</param>
    /// <returns>False when given up.</returns>
    public static async Task<bool> WriteAsync(string path, Func<FileStream, Task> write, Func<Task<bool>>? beforeRename = null)
    {
        string folder = Path.GetDirectoryName(path)!;
        string temporary = $"{path}.{Guid.NewGuid():N}{TemporaryExtension}";
        try
        {
            FileStream file = Open(folder, temporary);
            try
            {
                await write(file).ConfigureAwait(false);
                StorageFaults.Guard(path, () => file.Flush(flushToDisk: true));
            }
            finally
            {
                Close(file);
            }
            if (beforeRename is not null && !await beforeRename().ConfigureAwait(false))
            {
                Delete(temporary);
                return false;
            }
            StorageFaults.Guard(path, () =>
            {
                File.Move(temporary, path, overwrite: true);
                DurableFolder.Flush(folder);
            });
            return true;
        }
        catch
        {
            Delete(temporary);
            throw;
        }
    }

    /// <summary>Deletes it if it is there; a file that can't be deleted is left to the sweep.</summary>
    public static bool Delete(string path)
    {
        try
        {
            bool there = File.Exists(path);
            File.Delete(path);
            return there;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>A sweep may take the empty folder away just before the file is there: then once more.</summary>
    private static FileStream Open(string folder, string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                DurableFolder.Create(folder);
                return new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 17);
            }
            catch (DirectoryNotFoundException) when (attempt < 3)
            {
            }
            catch (Exception e) when (StorageFaults.Translate(e, path) is { } translated)
            {
                throw translated;
            }
        }
    }

    private static void Close(FileStream file)
    {
        try
        {
            file.Dispose();
        }
        catch (IOException)
        {
            // What was left in the buffer could not be written: the write or the flush before has said so already.
        }
    }
}

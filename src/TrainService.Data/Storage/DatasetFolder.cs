using TrainService.Data.Descriptions;

namespace TrainService.Data.Storage;

/// <summary>
/// The folder of uploaded datasets: one folder for each, under its name. Those being made or removed wait under <c>.staging</c>, so that a dataset is
/// there as a whole or not at all, for every process that looks.
/// </summary>
internal sealed class DatasetFolder
{
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);
    private readonly string _root;

    public DatasetFolder(string root)
    {
        _root = root;
        RemoveAbandoned();
    }

    public string PathOf(string name) => Path.Combine(_root, name);

    /// <summary>Names differ in more than case, so that the folder can be copied to any file system.</summary>
    public bool Has(string name) => Names().Contains(name, StringComparer.OrdinalIgnoreCase);

    public int Count() => Names().Count();

    /// <summary>In ordinal order.</summary>
    public IEnumerable<string> Names() => Directory.Exists(_root)
        ? Directory.EnumerateDirectories(_root).Select(path => Path.GetFileName(path)).Where(name => name[0] != '.').Order(StringComparer.Ordinal)
        : [];

    /// <summary>Null when there is none of that name. A damaged one throws <see cref="InvalidDataException"/>.</summary>
    public DatasetDescription? Find(string name)
    {
        if (!Names().Contains(name, StringComparer.Ordinal)) return null;
        try
        {
            return StoredDataset.ReadDescription(PathOf(name));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Removed between the two looks.
            return null;
        }
    }

    /// <summary>A new, empty folder on the same file system.</summary>
    public string MakeStaging() => Directory.CreateDirectory(Path.Combine(_root, ".staging", Guid.CreateVersion7().ToString("n"))).FullName;

    /// <summary>Renames a finished folder to its place; false when the place is taken.</summary>
    public bool TryPublish(string content, string name)
    {
        if (Has(name)) return false;
        try
        {
            Directory.Move(content, PathOf(name));
            return true;
        }
        catch (IOException) when (Has(name))
        {
            // Another upload was faster.
            return false;
        }
    }

    /// <summary>False when there is none of that name.</summary>
    public bool Delete(string name)
    {
        string gone = Path.Combine(_root, ".staging", Guid.CreateVersion7().ToString("n"));
        Directory.CreateDirectory(Path.GetDirectoryName(gone)!);
        try
        {
            Directory.Move(PathOf(name), gone);
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        Remove(gone);
        return true;
    }

    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // Somebody still reads it; swept up later.
        }
    }

    // What a process left behind that died in the middle.
    private void RemoveAbandoned()
    {
        string staging = Path.Combine(_root, ".staging");
        if (!Directory.Exists(staging)) return;
        foreach (string folder in Directory.EnumerateDirectories(staging))
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > Abandoned) Remove(folder);
    }
}

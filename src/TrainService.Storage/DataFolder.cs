using TrainService.Storage.Files;

namespace TrainService.Storage;

/// <summary>The layout of the data folder.</summary>
internal sealed class DataFolder
{
    public DataFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        StorageFaults.Guard(Path, () =>
        {
            DurableFolder.Create(Path);
            DurableFolder.Create(Checkpoints);
            DurableFolder.Create(Resume);
        });
    }

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "trainservice.db");

    public string Lock => System.IO.Path.Combine(Path, "service.lock");

    public string Checkpoints => System.IO.Path.Combine(Path, "checkpoints");

    public string Resume => System.IO.Path.Combine(Path, "resume");
}

namespace TrainService.Api.Tests.Support;

internal static class TemporaryFolder
{
    public static string New() => Directory.CreateTempSubdirectory("trainservice-").FullName;

    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // A file may still be open for a moment after a kill; the system clears its temporary folder.
        }
    }
}

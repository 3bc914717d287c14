namespace TrainService.Api.Tests.Support;

/// <summary>Real files that are too large for the repository: in the folder that TRAINSERVICE_SHARED names, or in <c>shared</c> beside the checkout.</summary>
internal static class SharedAssets
{
    private static string Folder => Path.Combine(
        Environment.GetEnvironmentVariable("TRAINSERVICE_SHARED") is { Length: > 0 } named ? named : Path.Combine(ServiceProgram.Root, "..", "shared"), "assets");

    public static bool There(string path) => File.Exists(Path.Combine(Folder, path));

    public static byte[] Read(string path) => File.ReadAllBytes(Path.Combine(Folder, path));

    /// <summary>All files of a folder, by their place in it, in order.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> Files(string folder)
        => Directory.EnumerateFiles(Path.Combine(Folder, folder), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(f => (Path.GetRelativePath(Path.Combine(Folder, folder), f).Replace('\\', '/'), File.ReadAllBytes(f)));

    public static string Text(string path) => File.ReadAllText(Path.Combine(Folder, path));
}

/// <summary>A test that needs a file of the shared folder; without it it shows as skipped.</summary>
public sealed class AssetFactAttribute : FactAttribute
{
    public AssetFactAttribute(string path)
    {
        if (!SharedAssets.There(path)) Skip = $"The shared folder with {path} is not there.";
    }
}

namespace TrainService.Architecture.Tests;

/// <summary>The checkout that the tests were built from, as its files say.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", ".git", "data", "TestResults"];

    public static string Root { get; } = FindRoot();

    /// <summary>Name without extension → text, of every project under a folder.</summary>
    public static IReadOnlyList<string> Projects(string folder)
        => [.. Directory.EnumerateDirectories(Path.Combine(Root, folder)).SelectMany(d => Directory.EnumerateFiles(d, "*.csproj")).Order(StringComparer.Ordinal)];

    /// <summary>Every file that people wrote, as paths relative to the root.</summary>
    public static IEnumerable<string> Files(params string[] extensions)
        => Walk(new DirectoryInfo(Root)).Where(f => extensions.Length == 0 || extensions.Contains(Path.GetExtension(f)));

    public static string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    private static IEnumerable<string> Walk(DirectoryInfo folder)
    {
        foreach (FileInfo file in folder.EnumerateFiles())
            yield return Path.GetRelativePath(Root, file.FullName);
        foreach (DirectoryInfo inner in folder.EnumerateDirectories().Where(d => !NotOurs.Contains(d.Name)))
            foreach (string file in Walk(inner))
                yield return file;
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TrainService.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No folder above the tests holds TrainService.sln.");
    }
}

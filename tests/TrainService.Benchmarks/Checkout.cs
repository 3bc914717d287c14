namespace TrainService.Benchmarks;

/// <summary>Where things lie around the running benchmark.</summary>
internal static class Checkout
{
    /// <summary>The folder with the solution.</summary>
    public static string Root
    {
        get
        {
            for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
                if (File.Exists(Path.Combine(d.FullName, "TrainService.sln"))) return d.FullName;
            throw new DirectoryNotFoundException("The benchmarks must run from within a checkout.");
        }
    }

    /// <summary>The folder with the peers' scripts: named by TRAINSERVICE_SHARED, or `shared` beside the checkout.</summary>
    public static string Shared => Environment.GetEnvironmentVariable("TRAINSERVICE_SHARED") is { Length: > 0 } named
        ? named
        : Path.Combine(Path.GetDirectoryName(Root)!, "shared");
}

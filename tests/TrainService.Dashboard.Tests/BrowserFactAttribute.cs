namespace TrainService.Dashboard.Tests;

/// <summary>A test that needs Debian's Chromium and a built dashboard; without them it shows as skipped.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    internal const string Chromium = "/usr/bin/chromium";

    public BrowserFactAttribute()
    {
        if (!File.Exists(Chromium)) Skip = "Chromium is not installed (Debian: apt-get install chromium).";
        // With Node there the dashboard must be there: a build of it that fails shows as failed tests.
        else if (!NodeIsThere()) Skip = "Node.js is not installed: the dashboard is not built.";
    }

    private static bool NodeIsThere() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "node")));
}

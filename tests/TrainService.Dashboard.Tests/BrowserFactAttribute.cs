namespace TrainService.Dashboard.Tests;

/// <summary>A test that needs Debian's Chromium and a built dashboard; without them it shows as skipped.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    /// <summary>Debian's, unless TRAINSERVICE_BROWSER names another, or a script that starts it in some way.</summary>
    internal static readonly string Chromium = Environment.GetEnvironmentVariable("TRAINSERVICE_BROWSER") is { Length: > 0 } named ? named : "/usr/bin/chromium";

    public BrowserFactAttribute()
    {
        if (!File.Exists(Chromium)) Skip = "Chromium is not installed (Debian: apt-get install chromium).";
        // With Node there the dashboard must be there: a build of it that fails shows as failed tests.
        else if (!NodeIsThere()) Skip = "Node.js is not installed: the dashboard is not built.";
    }

    private static bool NodeIsThere() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "node")));
}

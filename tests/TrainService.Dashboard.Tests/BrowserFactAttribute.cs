using TrainService.Api.Tests.Support;

namespace TrainService.Dashboard.Tests;

/// <summary>A test that needs Debian's Chromium and a built dashboard; without them it shows as skipped.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    internal const string Chromium = "/usr/bin/chromium";

    public BrowserFactAttribute()
    {
        if (!File.Exists(Chromium)) Skip = "Chromium is not installed (Debian: apt-get install chromium).";
        else if (!File.Exists(Path.Combine(ServiceProgram.Root, "src", "TrainService.Dashboard", "dist", "index.html"))) Skip = "The dashboard is not built: Node.js is missing.";
    }
}

using Microsoft.Playwright;
using TrainService.Api.Tests.Support;

namespace TrainService.Dashboard.Tests;

/// <summary>A real service, a real Chromium, and a page on it. What the page complains of in its console fails the test.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal ServerProcess Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (new BrowserFactAttribute().Skip is not null) return;
        Server = await ServerProcess.StartAsync();
        // As long as everything else waits: a machine may have other work too.
        Assertions.SetDefaultExpectTimeout(60_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = BrowserFactAttribute.Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (Server is not null) await Server.DisposeAsync();
    }

    internal async Task<bool> HasDatasetAsync(string name)
        => (await Server.Http.GetJsonAsync("/datasets"))["datasets"]!.AsArray().Any(d => d!["name"]!.GetValue<string>() == name);

    /// <param name="strict">False lets a test bring scripts of its own, which the service's policy forbids.</param>
    /// <param name="server">Another service than the one that the tests share.</param>
    internal async Task<PageUnderTest> OpenAsync(string hash, int width = 1280, int height = 900, bool dark = false, bool strict = true, ServerProcess? server = null)
    {
        IBrowserContext context = await _browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height }, BypassCSP = !strict, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
        });
        context.SetDefaultTimeout(60_000);
        IPage page = await context.NewPageAsync();
        PageUnderTest opened = new(page, (server ?? Server).Address);
        await opened.GoAsync(hash);
        return opened;
    }
}

[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Browser>
{
    public const string Name = "browser";
}

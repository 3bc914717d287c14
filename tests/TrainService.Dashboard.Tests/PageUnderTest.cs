using Microsoft.Playwright;

namespace TrainService.Dashboard.Tests;

/// <summary>A page and what it complained of.</summary>
internal sealed class PageUnderTest : IAsyncDisposable
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("TRAINSERVICE_PICTURES");
    private readonly List<string> _complaints = [];
    private readonly string _address;

    public PageUnderTest(IPage page, string address)
    {
        (Page, _address) = (page, address);
        page.Console += (_, message) => { if (message.Type == "error") _complaints.Add(message.Text); };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    public Task GoAsync(string hash) => Page.GotoAsync($"{_address}/#{hash}");

    /// <summary>Puts the page into the background, or back: a browser without a screen shows all its pages at once.</summary>
    public Task LookAsync(bool look) => Page.EvaluateAsync("""
        seen => {
          Object.defineProperty(document, 'hidden', { configurable: true, get: () => !seen });
          document.dispatchEvent(new Event('visibilitychange'));
        }
        """, look);

    public void ShouldHaveNoComplaints() => _complaints.ShouldBeEmpty();

    /// <summary>The browser complains of each answer that is an error, wanted or not.</summary>
    public void ShouldHaveNoComplaintsBut(string expected) => _complaints.Where(c => !c.Contains(expected, StringComparison.Ordinal)).ShouldBeEmpty();

    /// <summary>Kept for the README when TRAINSERVICE_PICTURES names a folder.</summary>
    public async Task PictureAsync(string name)
    {
        if (Pictures is { Length: > 0 }) await Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}.png") });
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}

using System.Text.Json;
using TrainService.Api.Tests.Support;

namespace TrainService.Dashboard.Tests;

/// <summary>axe-core on every page, in both colour schemes and at a phone's width: no finding that it calls serious.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AccessibilityTests(Browser browser)
{
    private static readonly string Axe = Path.Combine(ServiceProgram.Root, "src", "TrainService.Dashboard", "node_modules", "axe-core", "axe.min.js");

    [BrowserFact]
    public async Task No_page_has_a_serious_finding()
    {
        foreach ((string hash, string seen) in ((string, string)[])[("/jobs", "Jobs"), ("/new", "New job"), ("/datasets", "Bring your own"), ("/datasets/moons", "First rows"), ("/checkpoints", "Checkpoints")])
        {
            foreach ((int width, bool dark) in ((int, bool)[])[(1280, false), (390, true)])
            {
                await using PageUnderTest test = await browser.OpenAsync(hash, width, dark: dark, strict: false);
                await test.Page.GetByText(seen).First.WaitForAsync();
                await test.Page.AddScriptTagAsync(new() { Path = Axe });
                JsonElement found = (await test.Page.EvaluateAsync("async () => (await axe.run()).violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', '))"))!.Value;
                found.EnumerateArray().Select(f => f.GetString()).ShouldBeEmpty($"{hash} at {width}{(dark ? ", dark" : "")}");
                bool wide = (await test.Page.EvaluateAsync("() => document.documentElement.scrollWidth > innerWidth + 1"))!.Value.GetBoolean();
                wide.ShouldBeFalse($"{hash} is wider than a screen of {width}");
            }
        }
    }
}

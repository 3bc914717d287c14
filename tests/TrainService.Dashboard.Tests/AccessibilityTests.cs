using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
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
        string job = await browser.Server.Http.SubmitAsync(JsonNode.Parse("""
            {"seed": 1, "dataset": {"name": "synthetic-fashion", "limit": 300, "validation_split": 0.2}, "epochs": 3, "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"],
             "optimizer": {"type": "sgd", "learning_rate": "auto"}, "model": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 10, "activation": "softmax"}]}}
            """)!);
        string checkpoint = (await browser.Server.Http.WaitForAsync(job, "succeeded"))["best"]!["checkpoint"]!.GetValue<string>();
        string sweep = await browser.Server.Http.SubmitAsync(JsonNode.Parse(FamilyPagesTests.Sweep)!), autoencoder = await browser.Server.Http.SubmitAsync(JsonNode.Parse(FamilyPagesTests.Autoencoder)!);
        await browser.Server.Http.WaitForAsync(sweep, "succeeded");
        await browser.Server.Http.WaitForAsync(autoencoder, "succeeded");
        foreach ((string hash, string seen) in ((string, string)[])[("/jobs", "Jobs"), ("/new", "New job"), ("/datasets", "Bring your own"), ("/datasets/moons", "First rows"), ("/checkpoints", "Checkpoints"),
            ($"/jobs/{job}", "Suggested"), ($"/jobs/{sweep}", "are over"), ($"/jobs/{autoencoder}", "reconstructions"), ($"/compare?jobs={job}", "Compare"), ($"/checkpoints/{checkpoint}", "Try it")])
        {
            foreach ((int width, bool dark) in ((int, bool)[])[(1280, false), (1280, true), (390, true)])
            {
                await using PageUnderTest test = await browser.OpenAsync(hash, width, dark: dark, strict: false);
                await test.Page.GetByText(seen).First.WaitForAsync();
                if (hash == "/new") await test.Page.Locator(".editor .cm-content").WaitForAsync();
                if (hash.StartsWith("/checkpoints/", StringComparison.Ordinal))
                {
                    await test.Page.GetByRole(AriaRole.Button, new() { Name = "Measure on its dataset" }).ClickAsync();
                    await test.Page.GetByRole(AriaRole.Button, new() { Name = "Weights and activations by layer" }).ClickAsync();
                    await test.Page.Locator(".worst img").First.WaitForAsync();
                    await test.Page.Locator(".worst button").First.ClickAsync();
                    await test.Page.Locator(".inside").WaitForAsync();
                }

                await test.Page.AddScriptTagAsync(new() { Path = Axe });
                JsonElement found = (await test.Page.EvaluateAsync("async () => (await axe.run()).violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', '))"))!.Value;
                found.EnumerateArray().Select(f => f.GetString()).ShouldBeEmpty($"{hash} at {width}{(dark ? ", dark" : "")}");
                JsonElement wide = (await test.Page.EvaluateAsync("() => document.documentElement.scrollWidth <= innerWidth + 1 ? [] : [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .table-box, pre, .log')).slice(0, 5).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40))"))!.Value;
                wide.EnumerateArray().Select(w => w.GetString()).ShouldBeEmpty($"{hash} is wider than a screen of {width}");
            }
        }
    }
}

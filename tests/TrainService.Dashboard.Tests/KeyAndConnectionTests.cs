using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TrainService.Api.Tests.Support;

namespace TrainService.Dashboard.Tests;

/// <summary>A service that wants a key, and that dies while it is watched.</summary>
[Collection(BrowserCollection.Name)]
public sealed class KeyAndConnectionTests(Browser browser)
{
    private static readonly (string, string) Keys = ("TRAINSERVICE__KEYS", "required");

    [BrowserFact]
    public async Task A_key_is_asked_for_and_a_lost_connection_heals_without_a_gap()
    {
        await using ServerProcess server = ServerProcess.Over(TemporaryFolder.New());
        string key = (await ServiceProgram.RunAsync(["keys", "create", "--scope", "admin", "--data", server.Data])).Output.Trim();
        await server.StartAgainAsync(Keys);

        await using PageUnderTest test = await browser.OpenAsync("/new", server: server);
        IPage page = test.Page;
        ILocator field = page.GetByLabel("This service asks for an API key");
        await field.FillAsync("wrong");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use it in this tab" }).ClickAsync();
        await field.FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Use it in this tab" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Data").Locator("option").First).ToBeAttachedAsync();
        await Assertions.Expect(field).Not.ToBeVisibleAsync();

        server.Http.DefaultRequestHeaders.Add("X-Api-Key", key);
        string job = await server.Http.SubmitAsync(JsonNode.Parse("""
            {"name": "interrupted", "dataset": {"name": "synthetic-fashion", "limit": 4000}, "model": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 10, "activation": "softmax"}]}, "loss": "sparse_categorical_crossentropy", "epochs": 10000}
            """)!);
        await test.GoAsync($"/jobs/{job}");
        ILocator loss = page.GetByRole(AriaRole.Group, new() { NameRegex = new("^loss:") }), state = page.Locator("header").GetByRole(AriaRole.Status);
        await Assertions.Expect(state).ToHaveTextAsync("live");
        await loss.WaitForAsync();

        await server.KillAsync();
        await Assertions.Expect(state).ToContainTextAsync("trying again");
        await server.StartAgainAsync(Keys);
        server.Http.DefaultRequestHeaders.Add("X-Api-Key", key);
        await Assertions.Expect(state).ToHaveTextAsync("live");
        string seen = (await loss.GetAttributeAsync("aria-label"))!;
        await Wait.UntilAsync(async () => await loss.GetAttributeAsync("aria-label") != seen, "the curve moves again");
        await server.Http.ActAsync(job, "stop");
        await Assertions.Expect(page.Locator("h1 + .badge")).ToHaveTextAsync("stopped");
        int epochs = (await server.Http.GetJsonAsync($"/jobs/{job}/metrics"))["epochs"]!.AsArray().Count;
        string csv = await File.ReadAllTextAsync(await (await page.RunAndWaitForDownloadAsync(() => loss.GetByRole(AriaRole.Button, new() { Name = "CSV" }).ClickAsync())).PathAsync());
        // Above that a page thins its curves.
        if (epochs < 2000) Regex.Count(csv, "^\\d+,", RegexOptions.Multiline).ShouldBe(epochs);
    }
}

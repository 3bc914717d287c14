using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TrainService.Api.Tests.Support;

namespace TrainService.Dashboard.Tests;

/// <summary>Jobs that belong together, and what a model draws while it learns.</summary>
[Collection(BrowserCollection.Name)]
public sealed class FamilyPagesTests(Browser browser)
{
    internal const string Sweep = """
        {"name": "tiny sweep", "kind": "sweep", "seed": 1, "sweep": {"parameters": {"/optimizer/learning_rate": [0.0001, 0.1]}, "seeds": [1, 2], "monitor": "val_loss"},
         "dataset": {"name": "moons", "validation_split": 0.2}, "epochs": 3, "loss": "sparse_categorical_crossentropy", "optimizer": {"type": "sgd"},
         "model": {"type": "sequential", "layers": [{"type": "dense", "units": 2, "activation": "softmax"}]} }
        """;

    internal const string Autoencoder = """
        {"name": "tiny autoencoder", "kind": "pretrain_autoencoder", "seed": 1, "dataset": {"name": "synthetic-fashion", "limit": 200}, "optimizer": "adam", "epochs": 4,
         "model": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 16, "activation": "relu"}]} }
        """;

    [BrowserFact]
    public async Task A_sweep_shows_its_ranking_and_an_autoencoder_what_it_draws()
    {
        string sweep = await browser.Server.Http.SubmitAsync(JsonNode.Parse(Sweep)!);
        await using PageUnderTest test = await browser.OpenAsync($"/jobs/{sweep}");
        IPage page = test.Page;
        await Assertions.Expect(page.Locator("h1 + .badge")).ToHaveTextAsync("succeeded");
        await Assertions.Expect(page.GetByText("4 of 4 are over")).ToBeVisibleAsync();
        JsonNode best = (await browser.Server.Http.GetJsonAsync($"/jobs/{sweep}/trials"))["ranking"]![0]!;
        ILocator rows = page.Locator(".ranking tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(4);
        await Assertions.Expect(rows.First.Locator("td").Nth(1)).ToHaveTextAsync("0.1");
        best["values"]!["/optimizer/learning_rate"]!.GetValue<double>().ShouldBe(0.1);
        await Assertions.Expect(rows.First).ToContainTextAsync("succeeded");
        JsonNode trial = best["trials"]![0]!;
        await Assertions.Expect(rows.First.Locator($"a[href='#/checkpoints/{trial["checkpoint"]!.GetValue<string>()}']")).ToBeVisibleAsync();
        await test.PictureAsync("sweep");
        await rows.First.GetByRole(AriaRole.Link, new() { Name = $"number {trial["trial"]}" }).First.ClickAsync();
        await Assertions.Expect(page.Locator(".facts div", new() { HasText = "Trial of" }).GetByRole(AriaRole.Link, new() { Name = sweep })).ToBeVisibleAsync();

        string autoencoder = await browser.Server.Http.SubmitAsync(JsonNode.Parse(Autoencoder)!);
        await test.GoAsync($"/jobs/{autoencoder}");
        await Assertions.Expect(page.Locator("h1 + .badge")).ToHaveTextAsync("succeeded");
        ILocator drawn = page.Locator(".drawn img").First;
        await Assertions.Expect(drawn).ToHaveAttributeAsync("alt", new Regex("after epoch 4$"));
        (await drawn.EvaluateAsync<bool>("e => e.complete && e.naturalWidth > 0 && e.width > 2 * e.naturalWidth && getComputedStyle(e).imageRendering === 'pixelated'")).ShouldBeTrue();
        string last = (await drawn.GetAttributeAsync("src"))!;
        await page.GetByLabel("Pictures of epoch").FillAsync("0");
        await Assertions.Expect(drawn).ToHaveAttributeAsync("alt", new Regex("after epoch 1$"));
        (await drawn.GetAttributeAsync("src")).ShouldNotBe(last);
        await test.PictureAsync("pictures");
        test.ShouldHaveNoComplaints();
    }

    [BrowserFact]
    public async Task A_chain_is_started_as_one_and_its_jobs_know_each_other()
    {
        await using PageUnderTest test = await browser.OpenAsync("/new");
        IPage page = test.Page;
        ILocator editor = page.Locator(".editor .cm-content");
        await editor.WaitForAsync();
        // Examples of the API are templates.
        foreach ((string name, string seen) in ((string, string)[])[("chain", "parent:best"), ("rates", "halving"), ("autoencoder", "pretrain_autoencoder"), ("gan", "discriminator")])
        {
            await page.GetByLabel("Template").SelectOptionAsync(new SelectOptionValue { Label = name });
            await Assertions.Expect(editor).ToContainTextAsync(seen);
        }

        string name1 = $"first-{Guid.NewGuid():N}", name2 = $"second-{Guid.NewGuid():N}";
        await editor.FocusAsync();
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.InsertTextAsync($$"""
            {"chain": [
              {"name": "{{name1}}", "dataset": {"name": "moons"}, "loss": "sparse_categorical_crossentropy", "epochs": 10000, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 2, "activation": "softmax"}]} },
              {"name": "{{name2}}", "dataset": {"name": "moons"}, "loss": "sparse_categorical_crossentropy", "epochs": 1, "model": {"from_checkpoint": "parent"} }]}
            """);
        await page.GetByRole(AriaRole.Heading, new() { Name = name2 }).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        ILocator child = page.Locator(".facts div", new() { HasText = "Before" }).GetByRole(AriaRole.Link, new() { Name = name2 });
        await child.WaitForAsync();
        string parent = page.Url.Split('/')[^1];
        await child.ClickAsync();
        await Assertions.Expect(page.Locator(".note").GetByRole(AriaRole.Link, new() { Name = parent })).ToBeVisibleAsync();

        await test.GoAsync("/jobs");
        await page.GetByLabel("Name").FillAsync("second-");
        await Assertions.Expect(page.Locator("table.jobs tbody tr").First).ToContainTextAsync("waits for");
        await page.GetByLabel("Name").FillAsync("");
        JsonArray known = (await browser.Server.Http.GetJsonAsync("/schema/job.json"))["properties"]!["kind"]!["enum"]!.AsArray();
        (await page.GetByLabel("Kind").Locator("option").AllTextContentsAsync()).ShouldBe(known.Select(k => k!.GetValue<string>()).Prepend("any"), ignoreOrder: true);
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = name1 }).First).ToBeVisibleAsync();
        await page.GetByLabel("Kind").SelectOptionAsync("gan");
        await Assertions.Expect(page.GetByText("No jobs like that")).ToBeVisibleAsync();
        await browser.Server.Http.ActAsync(parent, "cancel");
        test.ShouldHaveNoComplaintsBut("422");
    }
}

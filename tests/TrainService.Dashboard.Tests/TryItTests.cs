using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TrainService.Api.Tests.Support;

namespace TrainService.Dashboard.Tests;

[Collection(BrowserCollection.Name)]
public sealed class TryItTests(Browser browser)
{
    [BrowserFact]
    public async Task A_drawn_trouser_gets_its_class()
    {
        // Its pictures have the classes and the look of Fashion-MNIST, and it needs no download.
        string job = await browser.Server.Http.SubmitAsync(JsonNode.Parse("""
            {"name": "fashion", "seed": 3, "dataset": {"name": "synthetic-fashion", "limit": 5000}, "batch_size": 32, "epochs": 4, "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "optimizer": "nadam",
             "model": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 100, "activation": "relu"}, {"type": "dropout", "rate": 0.1}, {"type": "dense", "units": 10, "activation": "softmax"}]}}
            """)!);
        JsonNode done = await browser.Server.Http.WaitForAsync(job, "succeeded");
        await using PageUnderTest test = await browser.OpenAsync($"/checkpoints/{done["best"]!["checkpoint"]!.GetValue<string>()}");
        await Trouser.DrawAsync(test.Page);
        await Assertions.Expect(test.Page.Locator(".answer li").First).ToContainTextAsync("Trouser");
        // Why: a picture over the drawing.
        ILocator why = test.Page.Locator(".explain").First;
        await why.GetByLabel("Method").SelectOptionAsync("integrated_gradients");
        await why.GetByLabel("Class").SelectOptionAsync("Dress");
        await why.GetByRole(AriaRole.Button, new() { Name = "Explain" }).ClickAsync();
        await Assertions.Expect(why.Locator("img")).ToHaveAttributeAsync("src", new Regex("^data:image/png"));
        await test.PictureAsync("try-it");

        // With dropout on each probability has an interval.
        await test.Page.GetByLabel("Monte Carlo dropout samples").FillAsync("30");
        await Trouser.StrokeAsync(test.Page, (0.5f, 0.1f), (0.5f, 0.2f));
        await Assertions.Expect(test.Page.Locator(".answer .interval").First).ToBeVisibleAsync();

        await test.Page.GetByRole(AriaRole.Button, new() { Name = "Measure on its dataset" }).ClickAsync();
        await Assertions.Expect(test.Page.Locator("table.confusion")).ToBeVisibleAsync();
        ILocator worst = test.Page.Locator(".worst button");
        await Assertions.Expect(worst).ToHaveCountAsync(12);
        await Assertions.Expect(worst.First.Locator("img")).ToHaveAttributeAsync("src", new Regex("^data:image/png"));
        await worst.First.ClickAsync();
        await test.Page.Locator(".explain").Last.GetByRole(AriaRole.Button, new() { Name = "Explain" }).ClickAsync();
        await Assertions.Expect(test.Page.Locator(".explain").Last.Locator("img")).ToHaveAttributeAsync("src", new Regex("^data:image/png"));
        await worst.First.ScrollIntoViewIfNeededAsync();
        await test.PictureAsync("worst");

        await test.Page.GetByRole(AriaRole.Button, new() { Name = "Weights and activations by layer" }).ClickAsync();
        await Assertions.Expect(test.Page.Locator(".inside .bars")).ToHaveCountAsync(8);
        await test.Page.Locator(".inside").ScrollIntoViewIfNeededAsync();
        await test.PictureAsync("inside");
        test.ShouldHaveNoComplaints();
    }

    [BrowserFact]
    public async Task A_row_of_a_table_is_explained_by_its_columns()
    {
        string name = $"flowers-{Guid.NewGuid():N}";
        using (MultipartFormDataContent form = new()
        {
            { new StringContent(name), "name" }, { new StringContent("""{"label": "species"}"""), "spec" },
            { new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(ServiceProgram.Root, "openapi", "examples", "flowers.csv"))), "file", "flowers.csv" },
        })
        {
            using HttpResponseMessage uploaded = await browser.Server.Http.PostAsync("/datasets", form);
            uploaded.EnsureSuccessStatusCode();
        }

        string job = await browser.Server.Http.SubmitAsync(JsonNode.Parse($$"""
            {"seed": 3, "dataset": {"name": "{{name}}", "preprocess": ["standardize"]}, "epochs": 3, "loss": "sparse_categorical_crossentropy", "optimizer": "adam",
             "model": {"type": "sequential", "layers": [{"type": "dense", "units": 3, "activation": "softmax"}]} }
            """)!);
        JsonNode done = await browser.Server.Http.WaitForAsync(job, "succeeded");
        await using PageUnderTest test = await browser.OpenAsync($"/checkpoints/{done["best"]!["checkpoint"]!.GetValue<string>()}");
        // A row of its dataset stands there already.
        await Assertions.Expect(test.Page.GetByLabel("as JSON")).ToHaveValueAsync(new Regex("sepal_length"));
        await test.Page.GetByRole(AriaRole.Button, new() { Name = "Predict" }).ClickAsync();
        await test.Page.GetByRole(AriaRole.Button, new() { Name = "Explain" }).ClickAsync();
        await Assertions.Expect(test.Page.Locator(".shares tbody tr")).ToHaveCountAsync(4);
        await Assertions.Expect(test.Page.Locator(".shares")).ToContainTextAsync("petal_length");
        test.ShouldHaveNoComplaints();
    }
}

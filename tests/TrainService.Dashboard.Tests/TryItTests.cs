using System.Text.Json.Nodes;
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
             "model": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 100, "activation": "relu"}, {"type": "dense", "units": 10, "activation": "softmax"}]}}
            """)!);
        JsonNode done = await browser.Server.Http.WaitForAsync(job, "succeeded");
        await using PageUnderTest test = await browser.OpenAsync($"/checkpoints/{done["best"]!["checkpoint"]!.GetValue<string>()}");
        ILocator pad = test.Page.GetByLabel("Draw here");
        await pad.ScrollIntoViewIfNeededAsync();
        LocatorBoundingBoxResult box = (await pad.BoundingBoxAsync())!;
        async Task Stroke(params (float X, float Y)[] points)
        {
            await test.Page.Mouse.MoveAsync(box.X + (points[0].X * box.Width), box.Y + (points[0].Y * box.Height));
            await test.Page.Mouse.DownAsync();
            foreach ((float x, float y) in points) await test.Page.Mouse.MoveAsync(box.X + (x * box.Width), box.Y + (y * box.Height), new() { Steps = 8 });
            await test.Page.Mouse.UpAsync();
        }

        // A waist, and two legs beside each other.
        await Stroke((0.38f, 0.1f), (0.62f, 0.1f), (0.62f, 0.2f), (0.38f, 0.2f), (0.38f, 0.92f), (0.42f, 0.92f), (0.42f, 0.2f));
        await Stroke((0.62f, 0.2f), (0.62f, 0.92f), (0.58f, 0.92f), (0.58f, 0.2f));
        await Assertions.Expect(test.Page.Locator(".answer li").First).ToContainTextAsync("Trouser");
        await test.PictureAsync("try-it");

        await test.Page.GetByRole(AriaRole.Button, new() { Name = "Measure on its dataset" }).ClickAsync();
        await Assertions.Expect(test.Page.Locator("table.confusion")).ToBeVisibleAsync();
        test.ShouldHaveNoComplaints();
    }
}

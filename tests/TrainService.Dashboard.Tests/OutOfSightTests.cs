using System.Text.Json.Nodes;
using Microsoft.Playwright;
using TrainService.Api.Tests.Support;

namespace TrainService.Dashboard.Tests;

/// <summary>While nobody looks a page costs the service nothing, and whoever looks again has missed nothing.</summary>
[Collection(BrowserCollection.Name)]
public sealed class OutOfSightTests(Browser browser)
{
    [BrowserFact]
    public async Task A_page_in_the_background_asks_for_nothing_and_catches_up()
    {
        string job = await browser.Server.Http.SubmitAsync(JsonNode.Parse("""
            {"name": "watched", "dataset": {"name": "synthetic-fashion", "limit": 4000}, "model": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 10, "activation": "softmax"}]}, "loss": "sparse_categorical_crossentropy", "epochs": 10000}
            """)!);
        try
        {
            await using PageUnderTest list = await browser.OpenAsync("/jobs"), test = await browser.OpenAsync($"/jobs/{job}");
            ILocator loss = test.Page.GetByRole(AriaRole.Group, new() { NameRegex = new("^loss:") });
            await loss.WaitForAsync();
            await list.Page.Locator("table.jobs tbody tr").First.WaitForAsync();
            await Wait.UntilAsync(async () => await SubscribersAsync() == 1, "the page follows the job");

            await list.LookAsync(false);
            await test.LookAsync(false);
            await Wait.UntilAsync(async () => await SubscribersAsync() == 0, "nothing is followed");
            int asked = 0;
            list.Page.Request += (_, _) => asked++;
            test.Page.Request += (_, _) => asked++;
            await Task.Delay(2500);
            asked.ShouldBe(0);

            await test.LookAsync(true);
            string seen = (await loss.GetAttributeAsync("aria-label"))!;
            await Wait.UntilAsync(async () => await loss.GetAttributeAsync("aria-label") != seen, "the curve moves again");
            await browser.Server.Http.ActAsync(job, "stop");
            await Assertions.Expect(test.Page.Locator("h1 + .badge")).ToHaveTextAsync("stopped");
            int epochs = (await browser.Server.Http.GetJsonAsync($"/jobs/{job}/metrics"))["epochs"]!.AsArray().Count;
            await using FileStream csv = File.OpenRead(await (await test.Page.RunAndWaitForDownloadAsync(() => loss.GetByRole(AriaRole.Button, new() { Name = "CSV" }).ClickAsync())).PathAsync());
            if (epochs < 2000) (await new StreamReader(csv).ReadToEndAsync()).Trim().Split('\n').Length.ShouldBe(epochs + 1);
            test.ShouldHaveNoComplaints();
        }
        finally
        {
            // Refused when all went well: then it is over.
            using HttpResponseMessage _ = await browser.Server.Http.PostAsync($"/jobs/{job}/cancel", null);
        }
    }

    private async Task<double> SubscribersAsync()
        => (await browser.Server.Http.GetStringAsync("/metrics")).Split('\n').Where(l => l.StartsWith("trainservice_subscribers", StringComparison.Ordinal) && l.Contains("hub", StringComparison.Ordinal))
            .Sum(l => double.Parse(l.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
}

using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using Xunit.Abstractions;

namespace TrainService.Dashboard.Tests;

/// <summary>What it costs to be watched, and how smoothly it is drawn: figures of the dashboard's README.</summary>
[Collection(BrowserCollection.Name)]
public sealed class WatchedFiguresTests(Browser browser, ITestOutputHelper output)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(2);

    [BrowserFact]
    public async Task Twenty_events_a_second()
    {
        if (!Figures.Wanted) return;
        await WhileRunningAsync(200_000, async job =>
        {
            await using PageUnderTest test = await browser.OpenAsync($"/jobs/{job}");
            await test.Page.Locator(".chart").Nth(5).WaitForAsync();
            int before = await EpochAsync(job);
            double frames = await test.Page.EvaluateAsync<double>("async () => { const begin = performance.now(); let n = 0; while (performance.now() - begin < 5000) { await new Promise(requestAnimationFrame); n++; } return n / 5; }");
            Figures.Tell(output, $"{(await EpochAsync(job) - before) / 5.0:f0} epochs a second on {await test.Page.Locator(".chart").CountAsync()} charts at {frames:f0} frames a second");
        });
    }

    /// <summary>In turn nobody looks (the pages are open, but out of sight) and all ten are in sight.</summary>
    [BrowserFact]
    public async Task Ten_open_pages()
    {
        if (!Figures.Wanted) return;
        await WhileRunningAsync(100_000, async job =>
        {
            List<Stretch> none = [], hidden = [], seen = [];
            for (int i = 0; i < 2; i++) none.Add(await WatchAsync(job));
            List<PageUnderTest> pages = [];
            for (int i = 0; i < 10; i++) pages.Add(await browser.OpenAsync($"/jobs/{job}"));
            foreach (PageUnderTest page in pages) await page.Page.Locator(".chart").First.WaitForAsync();
            for (int round = 0; round < 3; round++)
            {
                foreach (bool look in (bool[])[false, true])
                {
                    foreach (PageUnderTest page in pages) await page.LookAsync(look);
                    await Task.Delay(500);
                    (look ? seen : hidden).Add(await WatchAsync(job));
                }
            }

            foreach (PageUnderTest page in pages) await page.DisposeAsync();
            double[] durations = [.. (await browser.Server.Http.GetJsonAsync($"/jobs/{job}/metrics"))["epochs"]!.AsArray().Select(e => e!["duration_seconds"]!.GetValue<double>())];
            string Told(List<Stretch> windows) => $"{1000 * Epoch(windows):f2} ms an epoch, {1000 * Processor(windows):f2} ms of the service's processor time";
            double Epoch(List<Stretch> windows) => Figures.Median([.. windows.SelectMany(w => durations[w.From..w.To])]);
            double Processor(List<Stretch> windows) => Figures.Median([.. windows.Select(w => w.ProcessorSeconds / (w.To - w.From))]);
            double More(double now, double before) => 100 * ((now / before) - 1);
            Figures.Tell(output, $"no page: {Told(none)}; ten out of sight: {Told(hidden)} ({More(Epoch(hidden), Epoch(none)):+0.0;-0.0} %, {More(Processor(hidden), Processor(none)):+0.0;-0.0} %); "
                + $"ten in sight: {Told(seen)} ({More(Epoch(seen), Epoch(hidden)):+0.0;-0.0} %, {More(Processor(seen), Processor(hidden)):+0.0;-0.0} % against out of sight)");
        });
    }

    private async Task<Stretch> WatchAsync(string job)
    {
        using var service = Process.GetProcessById(browser.Server.ProcessId);
        int from = await EpochAsync(job);
        TimeSpan before = service.TotalProcessorTime;
        await Task.Delay(Length);
        service.Refresh();
        double spent = (service.TotalProcessorTime - before).TotalSeconds;
        return new(from, await EpochAsync(job), spent);
    }

    private async Task<int> EpochAsync(string job) => (await browser.Server.Http.GetJsonAsync($"/jobs/{job}"))["progress"]?["epoch"]?.GetValue<int>() ?? 0;

    /// <summary>A job on one of the two threads, for as long as it is needed; 100,000 rows are an epoch of about 80 ms. Its epochs have six charts.</summary>
    private async Task WhileRunningAsync(int rows, Func<string, Task> watch)
    {
        string name = $"figures-{rows}";
        using (MultipartFormDataContent form = new() { { new StringContent(name), "name" }, { new StringContent("""{"label": "c"}"""), "spec" }, { new StringContent(Csv(rows)), "file", "f.csv" } })
            (await browser.Server.Http.PostAsync("/datasets", form)).EnsureSuccessStatusCode();
        string job = await browser.Server.Http.SubmitAsync(JsonNode.Parse($$"""
            {"name": "{{name}}", "seed": 1, "dataset": {"name": "{{name}}", "validation_split": 0.1}, "model": {{Figures.Model}}, "loss": "sparse_categorical_crossentropy",
             "metrics": ["accuracy", "f1"], "optimizer": {"type": "adam", "learning_rate": 0.001}, "batch_size": 256, "epochs": 10000, "checkpoint": {"every_epochs": 10000}, "limits": {"threads": 1} }
            """)!);
        try
        {
            await Wait.UntilAsync(async () => await EpochAsync(job) > 5, "it runs");
            await watch(job);
        }
        finally
        {
            await browser.Server.Http.ActAsync(job, "cancel");
        }
    }

    private static string Csv(int rows)
    {
        var random = new Random(1);
        StringBuilder text = new("a,b,c\n");
        for (int i = 0; i < rows; i++) text.Append(CultureInfo.InvariantCulture, $"{random.NextDouble():f4},{random.NextDouble():f4},{(i % 2 == 0 ? "yes" : "no")}\n");
        return text.ToString();
    }

    /// <param name="From">Epochs that were over when it began, and when it ended.</param>
    private sealed record Stretch(int From, int To, double ProcessorSeconds);
}

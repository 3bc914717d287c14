using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using TrainService.Benchmarks.Service;
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
            double Epoch(List<Stretch> all) => Figures.Median([.. all.SelectMany(w => durations[w.From..w.To])]);
            string Told(string when, List<Stretch> all) => $"{when} {1000 * Epoch(all):f1} ms an epoch ({100 * ((Epoch(all) / Epoch(none)) - 1):+0.0;-0.0} %), "
                + $"the service spends {1000 * all.Average(w => w.Beside):f1} ms a second beside training, {all.Sum(w => w.To - w.From) / (all.Count * Length.TotalSeconds):f0} epochs a second";
            Figures.Tell(output, $"{Told("no page:", none)}; {Told("ten out of sight:", hidden)}; {Told("ten in sight:", seen)}");
        });
    }

    private async Task<Stretch> WatchAsync(string job)
    {
        int from = await EpochAsync(job);
        double before = ProcessorTime.BesideTraining(browser.Server.ProcessId);
        var watch = Stopwatch.StartNew();
        await Task.Delay(Length);
        double spent = ProcessorTime.BesideTraining(browser.Server.ProcessId) - before;
        return new(from, await EpochAsync(job), spent / watch.Elapsed.TotalSeconds);
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

    /// <param name="From">Epochs that were over when it began; <paramref name="To"/>: when it ended.</param>
    /// <param name="Beside">Seconds of processor time a second that the service spent on other threads than those that train.</param>
    private sealed record Stretch(int From, int To, double Beside);
}

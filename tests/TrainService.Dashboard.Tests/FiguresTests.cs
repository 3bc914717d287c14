using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using TrainService.Api.Tests.Support;
using Xunit.Abstractions;

namespace TrainService.Dashboard.Tests;

/// <summary>
/// The figures in the dashboard's README: taken when TRAINSERVICE_DASHBOARD_FIGURES is set, on a machine that has nothing else to do. What is large is
/// written straight into the database, as the service would have written it in hours.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class FiguresTests(Browser browser, ITestOutputHelper output)
{
    private const string Layers = """[{"type": "dense", "units": 16, "activation": "tanh"}, {"type": "dense", "units": 2, "activation": "softmax"}]""";
    private static readonly bool Wanted = Environment.GetEnvironmentVariable("TRAINSERVICE_DASHBOARD_FIGURES") is { Length: > 0 };

    [BrowserFact]
    public void All_scripts_together_are_less_than_400_KB_compressed()
    {
        string[] scripts = Directory.GetFiles(Path.Combine(ServiceProgram.Root, "src", "TrainService.Dashboard", "dist", "assets"), "*.js");
        Dictionary<string, long> sizes = scripts.ToDictionary(s => Path.GetFileName(s), Compressed);
        output.WriteLine($"JavaScript, gzip: {sizes.Values.Sum() / 1024.0:f0} KB in all, {sizes.Where(s => s.Key.StartsWith("index", StringComparison.Ordinal)).Sum(s => s.Value) / 1024.0:f0} KB to begin with");
        sizes.Values.Sum().ShouldBeLessThan(400 * 1024);
    }

    [BrowserFact]
    public async Task First_paint()
    {
        if (!Wanted) return;
        List<double> paints = [], meaningful = [];
        for (int i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            await using PageUnderTest test = await browser.OpenAsync("/jobs");
            await test.Page.GetByRole(AriaRole.Heading, new() { Name = "Jobs" }).WaitForAsync();
            meaningful.Add(watch.ElapsedMilliseconds);
            paints.Add((await test.Page.EvaluateAsync<double>("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1")));
        }

        Tell($"first contentful paint {Median(paints):f0} ms; page opened, list there {Median(meaningful):f0} ms (medians of 5, nothing cached)");
    }

    [BrowserFact]
    public async Task A_million_epochs()
    {
        if (!Wanted) return;
        string job = await FinishedAsync();
        await FillAsync("""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
            INSERT INTO job_events (job_id, seq, at, type, key, data) SELECT $job, $last + i, $at + i, 'epoch', 'epoch:' || (i + 1),
                json_object('epoch', i + 1, 'loss', 2.0 / (i + 1), 'accuracy', 1 - 1.0 / (i + 1), 'val_loss', 2.2 / (i + 1), 'val_accuracy', 1 - 1.1 / (i + 1), 'learning_rate', 0.01,
                    'duration_seconds', 0.01, 'samples_per_second', 100000, 'gradient_norm', 0.3, 'weight_norm', 20.1) FROM n;
            UPDATE jobs SET last_seq = last_seq + 1000000 WHERE id = $job
            """, job);
        List<double> opened = [], answered = [];
        for (int i = 0; i < 3; i++)
        {
            var watch = Stopwatch.StartNew();
            (await browser.Server.Http.GetAsync($"/jobs/{job}/metrics?max_points=2000")).EnsureSuccessStatusCode();
            answered.Add(watch.ElapsedMilliseconds);
            watch.Restart();
            await using PageUnderTest test = await browser.OpenAsync($"/jobs/{job}");
            await test.Page.GetByRole(AriaRole.Group, new() { NameRegex = new("^loss:") }).WaitForAsync();
            opened.Add(watch.ElapsedMilliseconds);
        }

        Tell($"a job of 1,000,000 epochs (9,000,000 numbers): its metrics in {Median(answered):f0} ms, its page with curves in {Median(opened):f0} ms (medians of 3)");
    }

    [BrowserFact]
    public async Task Two_thousand_jobs()
    {
        if (!Wanted) return;
        string job = await FinishedAsync();
        List<string> columns = [.. (await ColumnsAsync("jobs")).Where(c => c != "id")];
        string rest = string.Join(", ", columns), copied = string.Join(", ", columns.Select(c => c switch { "name" => "'job number ' || i", "run_token" => "NULL", _ => $"j.{c}" }));
        await FillAsync($"""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
            INSERT INTO jobs (id, {rest}) SELECT substr(j.id, 1, length(j.id) - 4) || printf('%04d', i), {copied} FROM n, jobs j WHERE j.id = $job;
            INSERT INTO job_specs (job_id, spec, resolved, summary, warnings, sha256)
            SELECT j.id, s.spec, s.resolved, s.summary, s.warnings, s.sha256 FROM jobs j, job_specs s WHERE s.job_id = $job AND j.id NOT IN (SELECT job_id FROM job_specs)
            """, job);
        var watch = Stopwatch.StartNew();
        await using PageUnderTest test = await browser.OpenAsync("/jobs");
        await test.Page.Locator("table.jobs tbody tr a").First.WaitForAsync();
        long opened = watch.ElapsedMilliseconds;
        double frames = await test.Page.EvaluateAsync<double>("""
            async () => {
              const box = document.querySelector('.table-box');
              const rows = () => Number(document.querySelector('table.jobs').getAttribute('aria-rowcount'));
              for (let i = 0; i < 100 && rows() < 2000; i++) { box.scrollTop = box.scrollHeight; await new Promise((r) => setTimeout(r, 50)); }
              if (rows() < 2000) return -rows();
              const begin = performance.now();
              let frames = 0;
              box.scrollTop = 0;
              while (performance.now() - begin < 3000) { await new Promise(requestAnimationFrame); box.scrollTop += 120; frames++; }
              return frames / 3;
            }
            """);
        Tell($"2,000 jobs: list opened in {opened} ms, scrolled through at {frames:f0} frames a second");
    }

    [BrowserFact]
    public async Task Twenty_events_a_second()
    {
        if (!Wanted) return;
        string job = await RunningAsync(rows: 60_000);
        await using PageUnderTest test = await browser.OpenAsync($"/jobs/{job}");
        await test.Page.Locator(".chart").Nth(5).WaitForAsync();
        JsonNode before = await browser.Server.Http.GetJsonAsync($"/jobs/{job}");
        double frames = await test.Page.EvaluateAsync<double>("async () => { const begin = performance.now(); let n = 0; while (performance.now() - begin < 5000) { await new Promise(requestAnimationFrame); n++; } return n / 5; }");
        JsonNode after = await browser.Server.Http.GetJsonAsync($"/jobs/{job}");
        double events = (after["progress"]!["epoch"]!.GetValue<int>() - before["progress"]!["epoch"]!.GetValue<int>()) / 5.0;
        Tell($"{events:f0} epochs a second on {await test.Page.Locator(".chart").CountAsync()} charts at {frames:f0} frames a second");
        await browser.Server.Http.ActAsync(job, "cancel");
    }

    [BrowserFact]
    public async Task Ten_open_pages()
    {
        if (!Wanted) return;
        string job = await RunningAsync(rows: 300_000);
        double alone = await EpochAsync(job), watched;
        List<PageUnderTest> pages = [];
        for (int i = 0; i < 10; i++) pages.Add(await browser.OpenAsync($"/jobs/{job}"));
        await Task.Delay(1000);
        watched = await EpochAsync(job);
        foreach (PageUnderTest page in pages) await page.DisposeAsync();
        double again = await EpochAsync(job);
        Tell($"an epoch takes {1000 * (alone + again) / 2:f2} ms with no page open, {1000 * watched:f2} ms with ten ({100 * ((2 * watched / (alone + again)) - 1):f1} %), on one thread of two, the browser on the other");
        await browser.Server.Http.ActAsync(job, "cancel");
    }

    private async Task<double> EpochAsync(string job)
    {
        int from = (await browser.Server.Http.GetJsonAsync($"/jobs/{job}"))["progress"]!["epoch"]!.GetValue<int>();
        await Task.Delay(5000);
        JsonArray epochs = (await browser.Server.Http.GetJsonAsync($"/jobs/{job}/metrics"))["epochs"]!.AsArray();
        return Median([.. epochs.Skip(from).Select(e => e!["duration_seconds"]!.GetValue<double>())]);
    }

    /// <summary>A job on one thread with an epoch of about 50 ms for 60,000 rows.</summary>
    private async Task<string> RunningAsync(int rows)
    {
        string name = $"figures-{rows}";
        using (MultipartFormDataContent form = new() { { new StringContent(name), "name" }, { new StringContent("""{"label": "c"}"""), "spec" }, { new StringContent(Csv(rows)), "file", "f.csv" } })
            (await browser.Server.Http.PostAsync("/datasets", form)).EnsureSuccessStatusCode();
        string job = await browser.Server.Http.SubmitAsync(JsonNode.Parse($$"""
            {"name": "{{name}}", "seed": 1, "dataset": {"name": "{{name}}", "validation_split": 0.1}, "model": {"type": "sequential", "layers": {{Layers}} }, "loss": "sparse_categorical_crossentropy",
             "metrics": ["accuracy"], "optimizer": {"type": "adam", "learning_rate": 0.001}, "batch_size": 256, "epochs": 10000, "checkpoint": {"every_epochs": 10000}, "limits": {"threads": 1} }
            """)!);
        await Wait.UntilAsync(async () => ((await browser.Server.Http.GetJsonAsync($"/jobs/{job}"))["progress"]?["epoch"]?.GetValue<int>() ?? 0) > 5, "it runs");
        return job;
    }

    private static string Csv(int rows)
    {
        var random = new Random(1);
        System.Text.StringBuilder text = new("a,b,c\n");
        for (int i = 0; i < rows; i++) text.Append(CultureInfo.InvariantCulture, $"{random.NextDouble():f4},{random.NextDouble():f4},{(i % 2 == 0 ? "yes" : "no")}\n");
        return text.ToString();
    }

    private async Task<string> FinishedAsync()
    {
        string job = await browser.Server.Http.SubmitAsync(JsonNode.Parse($$"""
            {"name": "figures", "dataset": {"name": "moons"}, "model": {"type": "sequential", "layers": {{Layers}} }, "loss": "sparse_categorical_crossentropy", "epochs": 1}
            """)!);
        await browser.Server.Http.WaitForAsync(job, "succeeded");
        return job;
    }

    private SqliteConnection Open()
    {
        SqliteConnection db = new($"Data Source={Directory.GetFiles(browser.Server.Data, "*.db", SearchOption.AllDirectories)[0]};Pooling=False");
        db.Open();
        return db;
    }

    private async Task FillAsync(string sql, string job)
    {
        await using SqliteConnection db = Open();
        long last = 0, at = 0;
        await using (SqliteCommand read = db.CreateCommand())
        {
            read.CommandText = "SELECT last_seq, finished_at FROM jobs WHERE id = $job";
            read.Parameters.AddWithValue("$job", job);
            await using SqliteDataReader row = await read.ExecuteReaderAsync();
            await row.ReadAsync();
            (last, at) = (row.GetInt64(0), row.GetInt64(1));
        }

        await using SqliteCommand write = db.CreateCommand();
        write.CommandText = sql;
        write.CommandTimeout = 120;
        foreach ((string name, object value) in new (string, object)[] { ("$job", job), ("$last", last), ("$at", at) }) write.Parameters.AddWithValue(name, value);
        await write.ExecuteNonQueryAsync();
    }

    private async Task<List<string>> ColumnsAsync(string table)
    {
        await using SqliteConnection db = Open();
        await using SqliteCommand read = db.CreateCommand();
        read.CommandText = "SELECT name FROM pragma_table_info($table)";
        read.Parameters.AddWithValue("$table", table);
        await using SqliteDataReader rows = await read.ExecuteReaderAsync();
        List<string> names = [];
        while (await rows.ReadAsync()) names.Add(rows.GetString(0));
        return names;
    }

    // Where it is seen without a test runner that shows output.
    private void Tell(string figure)
    {
        output.WriteLine(figure);
        if (Environment.GetEnvironmentVariable("TRAINSERVICE_DASHBOARD_FIGURES") is { } file && Path.IsPathRooted(file)) File.AppendAllText(file, figure + "\n");
    }

    private static double Median(List<double> values) => values.Count == 0 ? double.NaN : values.Order().ElementAt(values.Count / 2);

    private static long Compressed(string file)
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.SmallestSize, leaveOpen: true)) zip.Write(File.ReadAllBytes(file));
        return packed.Length;
    }
}

using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using TrainService.Api.Tests.Support;
using Xunit.Abstractions;

namespace TrainService.Dashboard.Tests;

/// <summary>
/// How fast pages open: figures of the dashboard's README. What is large is written straight into the database, as the service would have written it in hours.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class FiguresTests(Browser browser, ITestOutputHelper output)
{

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
        if (!Figures.Wanted) return;
        List<double> paints = [], meaningful = [];
        for (int i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            await using PageUnderTest test = await browser.OpenAsync("/jobs");
            await test.Page.GetByRole(AriaRole.Heading, new() { Name = "Jobs" }).WaitForAsync();
            meaningful.Add(watch.ElapsedMilliseconds);
            paints.Add((await test.Page.EvaluateAsync<double>("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1")));
        }

        Figures.Tell(output, $"first contentful paint {Figures.Median(paints):f0} ms; page opened, list there {Figures.Median(meaningful):f0} ms (medians of 5, nothing cached)");
    }

    [BrowserFact]
    public async Task A_million_epochs()
    {
        if (!Figures.Wanted) return;
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

        Figures.Tell(output, $"a job of 1,000,000 epochs (9,000,000 numbers): its metrics in {Figures.Median(answered):f0} ms, its page with curves in {Figures.Median(opened):f0} ms (medians of 3)");
    }

    [BrowserFact]
    public async Task Two_thousand_jobs()
    {
        if (!Figures.Wanted) return;
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
        Figures.Tell(output, $"2,000 jobs: list opened in {opened} ms, scrolled through at {frames:f0} frames a second");
    }

    private async Task<string> FinishedAsync()
    {
        string job = await browser.Server.Http.SubmitAsync(JsonNode.Parse($$"""
            {"name": "figures", "dataset": {"name": "moons"}, "model": {{Figures.Model}}, "loss": "sparse_categorical_crossentropy", "epochs": 1}
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

    private static long Compressed(string file)
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.SmallestSize, leaveOpen: true)) zip.Write(File.ReadAllBytes(file));
        return packed.Length;
    }
}

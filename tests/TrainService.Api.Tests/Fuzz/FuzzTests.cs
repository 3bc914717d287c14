using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using Xunit.Abstractions;

namespace TrainService.Api.Tests.Fuzz;

/// <summary>
/// Hostile inputs by the thousand: no 5xx, no hang over a second, no memory over its cap, every refusal a problem. TRAINSERVICE_FUZZ=200000 says how
/// many; TRAINSERVICE_FUZZ_ONLY="kind seed" repeats one.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Short = 2400;

    /// <summary>Of this process, client and tests included.</summary>
    private const long MemoryCap = 3L << 30;

    private const long AllocationCap = 400L << 20;
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Nothing_that_is_sent_breaks_the_service()
    {
        await using FuzzHost host = await FuzzHost.StartAsync();
        string job = await host.Http.SubmitAsync(Specs.Small(epochs: 1));
        string checkpoint = (await host.Http.WaitForAsync(job, "succeeded"))["best"]!["checkpoint"]!.GetValue<string>();
        string? only = Environment.GetEnvironmentVariable("TRAINSERVICE_FUZZ_ONLY");
        int wanted = int.Parse(Environment.GetEnvironmentVariable("TRAINSERVICE_FUZZ") ?? $"{Short}", CultureInfo.InvariantCulture);
        IEnumerable<(string Kind, int Seed)> inputs = only is not null
            ? [(only.Split(' ')[0], int.Parse(only.Split(' ')[1], CultureInfo.InvariantCulture))]
            : Enumerable.Range(0, wanted).Select(i => (FuzzCase.Kinds[i % FuzzCase.Kinds.Length], i / FuzzCase.Kinds.Length));

        ConcurrentBag<string> failures = [];
        ConcurrentDictionary<(string, int), int> answers = [];
        TimeSpan slowest = TimeSpan.Zero;
        long largest = 0, begin = Stopwatch.GetTimestamp();
        foreach ((string kind, int seed) in inputs)
        {
            FuzzCase input = FuzzCase.Of(kind, seed, job, checkpoint);
            (int status, TimeSpan took, long allocated, string? wrong) = await SendAsync(host, input);
            // Others use this machine too: what is slow must be slow three times.
            for (int again = 0; took > Hang && again < 3; again++)
                took = new[] { took, (await SendAsync(host, input)).Took }.Min();
            if (took > Hang) wrong = $"took {took.TotalSeconds:0.0} s";
            if (allocated > AllocationCap) wrong = $"allocated {allocated >> 20} MiB";
            answers.AddOrUpdate((kind, status), 1, (_, n) => n + 1);
            if (took > slowest) slowest = took;
            if (allocated > largest) largest = allocated;
            if (wrong is not null)
            {
                failures.Add($"TRAINSERVICE_FUZZ_ONLY=\"{kind} {seed}\": {wrong}\n  {input.Method} {input.Path}\n  {input.Shown[..Math.Min(input.Shown.Length, 1500)]}");
                if (failures.Count >= 20) break;
            }
            if (status == 201) await RemoveAsync(host, input);
            if (status == 202) await CancelAsync(host, input);
        }

        using Process self = Process.GetCurrentProcess();
        self.Refresh();
        output.WriteLine($"{answers.Values.Sum():N0} inputs in {Stopwatch.GetElapsedTime(begin).TotalSeconds:0} s; slowest {slowest.TotalMilliseconds:0} ms; most allocated for one {largest >> 20} MiB; "
            + $"peak of the process {self.PeakWorkingSet64 >> 20} MiB");
        foreach (IGrouping<string, KeyValuePair<(string Kind, int Status), int>> kind in answers.GroupBy(a => a.Key.Item1).OrderBy(g => g.Key, StringComparer.Ordinal))
            output.WriteLine($"  {kind.Key}: {string.Join(", ", kind.OrderBy(a => a.Key.Status).Select(a => $"{a.Key.Status} x {a.Value:N0}"))}");
        failures.ShouldBeEmpty();
        if (only is null)
            foreach (string kind in FuzzCase.Kinds)
                answers.Keys.Count(a => a.Item1 == kind).ShouldBeGreaterThan(1, $"{kind}: some should be taken and some refused");
        self.PeakWorkingSet64.ShouldBeLessThan(MemoryCap);
        (await host.Http.GetAsync("/health/ready")).IsSuccessStatusCode.ShouldBeTrue();
    }

    private static async Task<(int Status, TimeSpan Took, long Allocated, string? Wrong)> SendAsync(FuzzHost host, FuzzCase input)
    {
        using var request = new HttpRequestMessage(input.Method, input.Path) { Content = input.Body() };
        long allocated = GC.GetTotalAllocatedBytes(), begin = Stopwatch.GetTimestamp();
        try
        {
            using HttpResponseMessage answer = await host.Http.SendAsync(request);
            string text = await answer.Content.ReadAsStringAsync();
            TimeSpan took = Stopwatch.GetElapsedTime(begin);
            int status = (int)answer.StatusCode;
            string? wrong = status >= 500 ? $"{status} {text}"
                : status >= 400 && answer.Content.Headers.ContentType?.MediaType != "application/problem+json" ? $"{status} is no problem document: {text}"
                : text.Contains("   at ", StringComparison.Ordinal) && text.Contains(".cs:line", StringComparison.Ordinal) ? $"a stack trace: {text}"
                : null;
            return (status, took, GC.GetTotalAllocatedBytes() - allocated, wrong);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return (0, Stopwatch.GetElapsedTime(begin), 0, $"no answer: {e.Message}");
        }
    }

    private static async Task RemoveAsync(FuzzHost host, FuzzCase input)
    {
        if (input.Path == "/datasets")
            foreach (JsonNode? dataset in (await host.Http.GetJsonAsync("/datasets"))["datasets"]!.AsArray().Where(d => !d!["built_in"]!.GetValue<bool>()))
                (await host.Http.DeleteAsync($"/datasets/{dataset!["name"]}")).Dispose();
    }

    private static async Task CancelAsync(FuzzHost host, FuzzCase input)
    {
        foreach (JsonNode? job in (await host.Http.GetJsonAsync("/jobs?status=queued&status=running"))["jobs"]!.AsArray())
            (await host.Http.PostAsync($"/jobs/{job!["id"]}/cancel", null)).Dispose();
        _ = input;
    }
}
